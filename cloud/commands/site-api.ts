import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSettings } from "../settings";
import { StartupError } from "../startup-error";

export const SITE_USAGE = `The cloud runs: it is reached by --url, which is by default that of the settings, with the site's token, which is by
default LATCHKEY_ADMIN_TOKEN or in the data folder; --token-file names another file.`;

export interface SiteAnswer {
  status: number;
  body: unknown;
}

/** Asks a running cloud as the site. @param body JSON, or the bytes of a file. @throws StartupError where it cannot be asked, or refuses. */
export async function askSite(options: { url?: string | undefined; tokenFile?: string | undefined }, method: string, path: string, body?: unknown): Promise<SiteAnswer> {
  const { url, token } = readSite(options);
  let response: Response;
  try {
    const isFile = body instanceof Uint8Array;
    // Every request that may change something says what it carries, also where that is nothing.
    const type = isFile ? "application/octet-stream" : "application/json";
    const sent = isFile ? Buffer.from(body) : body === undefined ? null : JSON.stringify(body);
    response = await fetch(`${url}/api${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(method !== "GET" && { "content-type": type }) }, body: sent });
  } catch (error) {
    const { cause } = error as { cause?: Error };
    throw new StartupError(`No cloud answers at ${url}: ${(cause ?? (error as Error)).message}.`);
  }
  const text = await response.text();
  const answered = text === "" ? undefined : parse(text, url);
  if (response.status >= 400) {
    const { title = `status ${response.status}`, detail } = answered as { title?: string; detail?: string };
    throw new StartupError(`The cloud refused: ${title}${detail === undefined ? "" : `. ${detail}`}`);
  }
  return { status: response.status, body: answered };
}

function parse(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StartupError(`What answers at ${url} is no Latchkey.`);
  }
}

function readSite({ url, tokenFile }: { url?: string | undefined; tokenFile?: string | undefined }): { url: string; token: string } {
  if (url !== undefined && tokenFile !== undefined) return { url: url.replace(/\/$/, ""), token: readToken(tokenFile) };
  const { publicUrl, tls, httpHost, httpPort, adminToken, dataFolder } = readSettings(process.env);
  const host = httpHost.includes(":") ? `[${httpHost}]` : httpHost;
  return {
    url: (url ?? publicUrl ?? `http${tls === undefined ? "" : "s"}://${host}:${httpPort}`).replace(/\/$/, ""),
    token: tokenFile === undefined ? (adminToken ?? readToken(join(dataFolder, "admin-token"))) : readToken(tokenFile),
  };
}

function readToken(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new StartupError(`Cannot read the site's token: ${(error as Error).message}`);
  }
}
