import { createServer } from "node:net";

/** How many ports after the wanted one are tried. */
const TRIES = 100;

/**
 * The first free port from `wanted` on; 0 stays 0, any free one.
 * @throws {Error} none of a hundred is free, or the host is not ours to listen on.
 */
export async function freePort(host: string, wanted: number): Promise<number> {
  if (wanted === 0) return 0;
  for (let port = wanted; port < Math.min(wanted + TRIES, 65_536); port++) {
    if (await isFree(host, port)) return port;
  }
  throw new Error(`No port from ${wanted} to ${wanted + TRIES - 1} is free on ${host}.`);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(false);
      else reject(error);
    });
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
