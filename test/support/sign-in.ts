import { request } from "node:http";
import type { Cloud } from "../../cloud/cloud";
import { parseIdentifier } from "../../cloud/accounts/identifier";
import type { ApiAnswer, Json } from "./cloud-rig";

/** A rig or a world: whatever has a cloud. It may be another one after a restart. */
export interface Site {
  cloud: Pick<Cloud, "url" | "adminToken">;
}

/** Somebody's browser, or a program with a token: sends what they would send. Paths are those under /api. */
export class Client {
  readonly site: Site;
  /** `name=value`; undefined: nobody is signed in. */
  cookie: string | undefined;
  /** Of the account; undefined: nobody has signed in here yet. */
  account!: string;
  /** Of a program. */
  token: string | undefined;

  constructor(site: Site, token?: string) {
    this.site = site;
    this.token = token;
  }

  /** Whoever this is, at another site that knows them just as well. */
  at(site: Site): Client {
    const client = new Client(site, this.token);
    [client.cookie, client.account] = [this.cookie, this.account];
    return client;
  }

  /** The headers that say who sends. */
  get credentials(): Record<string, string> {
    if (this.token !== undefined) return { authorization: `Bearer ${this.token}` };
    return { origin: this.site.cloud.url, "user-agent": "A browser", ...(this.cookie !== undefined && { cookie: this.cookie }) };
  }

  /** Any answer. A cookie that it sets is kept, as a browser does. */
  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const { url } = this.site.cloud;
    const answer = await exchange(method, `${url}/api${path}`, { ...this.credentials, ...(method !== "GET" && { "content-type": "application/json" }), ...headers }, method === "GET" ? undefined : JSON.stringify(body ?? {}));
    const [set] = answer.headers.getSetCookie();
    if (set !== undefined) this.cookie = /max-age=0/i.test(set) ? undefined : set.split(";")[0];
    return answer;
  }

  get(path: string): Promise<Json> {
    return this.expect(200, "GET", path);
  }

  post(path: string, body: unknown = {}, status = 201): Promise<Json> {
    return this.expect(status, "POST", path, body);
  }

  put(path: string, body: unknown): Promise<Json> {
    return this.expect(200, "PUT", path, body);
  }

  /** @param etag of what is changed, where the route asks for it. */
  patch(path: string, body: unknown, etag?: string): Promise<Json> {
    return this.expect(200, "PATCH", path, body, etag === undefined ? {} : { "if-match": etag });
  }

  delete(path: string, status = 204): Promise<Json> {
    return this.expect(status, "DELETE", path);
  }

  async expect(status: number, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Json> {
    const answer = await this.send(method, path, body, headers);
    if (answer.status !== status) throw new Error(`${method} ${path}: status ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

/** The site's own token. */
export function siteClient(site: Site): Client {
  return new Client(site, site.cloud.adminToken.token);
}

/**
 * Signs somebody in with the code that was sent to them; the first time that makes their account.
 * @param identifier an e-mail address, or a phone number with its country code.
 */
export async function signIn(site: Site, identifier: string, about: { name?: string; language?: "en" | "fr" } = {}): Promise<Client> {
  const client = new Client(site);
  await client.post("/sign-in/codes", { identifier, language: about.language }, 202);
  client.account = (await client.post("/sign-in", { identifier, code: await lastCode(site, identifier), ...about }, 200)).account;
  return client;
}

/** Adds another e-mail address or phone number to somebody's account, proved by the code that is sent to it. */
export async function addIdentifier(client: Client, identifier: string): Promise<void> {
  await client.post("/account/identifiers", { identifier }, 202);
  await client.post("/account/identifiers/verify", { identifier, code: await lastCode(client.site, identifier) }, 200);
}

/** Proves anew who somebody is, as some acts ask for. */
export async function authenticateAgain(client: Client): Promise<void> {
  const { identifiers } = await client.get("/account");
  const [{ id, value }] = identifiers;
  await client.post("/account/authenticate/codes", { identifier: id }, 202);
  await client.post("/account/authenticate", { identifier: id, code: await lastCode(client.site, value) }, 200);
}

/** What was sent to an identifier, newest first. */
export async function messagesTo(site: Site, identifier: string): Promise<Json[]> {
  const { value } = parseIdentifier(identifier);
  return (await siteClient(site).get(`/messages?to=${encodeURIComponent(value)}`)).items;
}

/** The code in the newest message to an identifier. */
export async function lastCode(site: Site, identifier: string): Promise<string> {
  const [message] = await messagesTo(site, identifier);
  const code = /\b[0-9]{8}\b/.exec(message?.text ?? "")?.[0];
  if (code === undefined) throw new Error(`no code was sent to ${identifier}`);
  return code;
}

/** One request on a connection of its own: a kept one could end while virtual time holds the process. */
function exchange(method: string, url: string, headers: Record<string, string>, body: string | undefined): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { ...headers, ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }) }, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("end", () => {
        const received = new Headers();
        for (let index = 0; index < response.rawHeaders.length; index += 2) received.append(response.rawHeaders[index], response.rawHeaders[index + 1]);
        resolve({ status: response.statusCode ?? 0, type: received.get("content-type"), headers: received, body: text.startsWith("{") ? JSON.parse(text) : text });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
