import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { PhoneFetch } from "../../phone/phone-cloud";
import type { ApiClient } from "./api-client";

/** Somebody who is signed in, as their phone's browser has it. */
export interface Session {
  /** What their phone asks the cloud with. */
  fetch: PhoneFetch;
  get<T>(path: string): Promise<T>;
  /** Everything but reading. */
  send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T>;
}

/** Phones of one session: each run of the demo has a new one, and an account has at most 10 that are signed in. */
const PHONES_OF_A_SESSION = 8;

/**
 * The session that somebody had when the demo last ran, or a new one by the code that is sent to them; the first time
 * that makes their account.
 * @param site with the administrator's token: the demo's messages are in an outbox.
 * @param kept where the session is kept, because the cloud sends few codes an hour.
 * @throws {Error} messages go elsewhere.
 */
export async function enter(site: ApiClient, { email, name }: { email: string; name: string }, kept: string): Promise<Session> {
  const before = await recall(site.url, kept);
  if (before !== undefined) return before;
  const guest = sessionOf(site.url, undefined);
  await guest.send("POST", "/sign-in/codes", { identifier: email });
  const { items } = await site.get<{ items: { text: string }[] }>(`/messages?to=${encodeURIComponent(email)}`);
  const code = /\b[0-9]{8}\b/.exec(items[0]?.text ?? "")?.[0];
  if (code === undefined) throw new Error(`no code for ${email} in the outbox`);
  const response = await ask(site.url, undefined, "POST", "/sign-in", { identifier: email, code, name });
  const [cookie] = response.headers.getSetCookie()[0].split(";");
  writeFileSync(kept, cookie, { mode: 0o600 });
  const session = sessionOf(site.url, cookie);
  // With the sessions before it, their phones are signed out.
  await session.send("DELETE", "/account/sessions");
  return session;
}

/** @returns undefined where there is none that is still good. */
async function recall(url: string, kept: string): Promise<Session | undefined> {
  if (!existsSync(kept)) return undefined;
  const session = sessionOf(url, readFileSync(kept, "utf8"));
  try {
    const { items } = await session.get<{ items: { signedIn: boolean }[] }>("/account/phones");
    return items.filter(({ signedIn }) => signedIn).length < PHONES_OF_A_SESSION ? session : undefined;
  } catch {
    return undefined; // it has ended, or is of another cloud
  }
}

function sessionOf(url: string, cookie: string | undefined): Session {
  return {
    fetch: (path, { headers, ...init }) => fetch(`${url}${path}`, { ...init, headers: { ...headers, ...credentials(url, cookie) } }),
    get: async (path) => (await (await ask(url, cookie, "GET", path)).json()) as never,
    send: async (method, path, body = {}) => {
      const text = await (await ask(url, cookie, method, path, body)).text();
      return (text === "" ? undefined : JSON.parse(text)) as never;
    },
  };
}

async function ask(url: string, cookie: string | undefined, method: string, path: string, body?: unknown): Promise<Response> {
  const headers = { ...credentials(url, cookie), ...(body !== undefined && { "content-type": "application/json" }) };
  const response = await fetch(`${url}/api${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} /api${path}: ${response.status} ${await response.text()}`);
  return response;
}

function credentials(url: string, cookie: string | undefined): Record<string, string> {
  return { origin: url, "user-agent": "A simulated phone", ...(cookie !== undefined && { cookie }) };
}
