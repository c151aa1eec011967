import { StartupError } from "../startup-error";

/** @param what names the setting of the port. @throws StartupError in one line where the address cannot be had. */
export async function listen<T>(what: string, host: string, port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") throw new StartupError(`Port ${port} on ${host} is in use: set LATCHKEY_${what}_PORT to another one for ${what}.`);
    if (code !== undefined) throw new StartupError(`Cannot listen on ${host}:${port} for ${what}: ${message}`);
    throw error;
  }
}
