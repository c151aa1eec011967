import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import type { BuildingDoor } from "./building-door";
import type { BuildingLog } from "./building-log";
import { parseDoorAction, parsePhoneAction } from "./parse-action";
import { BuildingPhone } from "./phones/building-phone";

const PAGE = join(__dirname, "page");
/** Pages open at once; each holds a connection. */
const STREAMS_MAX = 32;
const BODY_BYTES_MAX = 1_024;
/** Browsers reconnect after this, ms. */
const RETRY_MS = 1_000;
/** A view is sent at most this often, ms: a beep changes it several times. */
const VIEW_PAUSE_MS = 30;

const SECURITY = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/**
 * The building's page: static files, a stream of what happens (server-sent events) and what a person does
 * (POST). For this PC only: it listens on loopback and answers to loopback names, so that no page from
 * elsewhere can reach it under a name of its own.
 */
export class PageServer {
  #doors: readonly BuildingDoor[];
  #phones: readonly BuildingPhone[];
  #log: BuildingLog;
  #server: Server;
  #streams = new Set<ServerResponse>();
  #changed = new Set<BuildingDoor | BuildingPhone>();
  #pause: NodeJS.Timeout | undefined;
  #files = new Map<string, { type: string; content: string | Uint8Array }>();
  #stopListening: () => void;

  /** Doors and phones may still be added. */
  constructor({ doors, phones, log }: { doors: readonly BuildingDoor[]; phones: readonly BuildingPhone[]; log: BuildingLog }) {
    this.#doors = doors;
    this.#phones = phones;
    this.#log = log;
    this.#server = createServer((request, response) => this.#handle(request, response));
    this.#stopListening = log.listen((line) => this.#send("line", line, line.sequence));
  }

  /** @throws {Error} the port is in use. */
  async listen(port: number): Promise<void> {
    await this.#loadFiles();
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  doorChanged(index: number): void {
    this.#tellSoon(this.#doors[index]);
  }

  phoneChanged(index: number): void {
    this.#tellSoon(this.#phones[index]);
  }

  #tellSoon(what: BuildingDoor | BuildingPhone): void {
    this.#changed.add(what);
    this.#pause ??= setTimeout(() => {
      this.#pause = undefined;
      const changed = [...this.#changed];
      this.#changed.clear();
      for (const each of changed) this.#send(each instanceof BuildingPhone ? "phone" : "door", each.view);
    }, VIEW_PAUSE_MS).unref();
  }

  async close(): Promise<void> {
    this.#stopListening();
    clearTimeout(this.#pause);
    for (const stream of this.#streams) stream.end();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #loadFiles(): Promise<void> {
    const bundle = await build({
      entryPoints: [join(PAGE, "main.ts")],
      bundle: true,
      write: false,
      format: "esm",
      target: "es2022",
      logLevel: "silent",
    });
    this.#files.set("/building.js", { type: "text/javascript; charset=utf-8", content: bundle.outputFiles[0].contents });
    this.#files.set("/building.css", { type: "text/css; charset=utf-8", content: readFileSync(join(PAGE, "building.css")) });
    this.#files.set("/", { type: "text/html; charset=utf-8", content: readFileSync(join(PAGE, "index.html")) });
    this.#files.set("/icon.svg", { type: "image/svg+xml", content: readFileSync(join(PAGE, "icon.svg")) });
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? "/", "http://building");
    if (!this.#fromHere(request)) return answer(response, 403, "This page is for this computer only.");
    if (request.method === "GET" && pathname === "/events") return this.#stream(request, response);
    const file = request.method === "GET" ? this.#files.get(pathname) : undefined;
    if (file) {
      response.writeHead(200, { ...SECURITY, "content-type": file.type });
      response.end(file.content);
      return;
    }
    const [, kind, index] = /^\/(doors|phones)\/([0-9]{1,3})$/.exec(pathname) ?? [];
    if (request.method === "POST" && kind !== undefined) return this.#act(kind === "doors" ? this.#atDoor(Number(index)) : this.#withPhone(Number(index)), request, response);
    answer(response, 404, "There is nothing here.");
  }

  /** Under one of this PC's names, and from this page where a browser says from where. */
  #fromHere(request: IncomingMessage): boolean {
    const { host = "", origin } = request.headers;
    const port = (this.#server.address() as AddressInfo | null)?.port;
    const here = [`127.0.0.1:${port}`, `localhost:${port}`];
    return here.includes(host) && (origin === undefined || here.some((name) => origin === `http://${name}`));
  }

  #stream(request: IncomingMessage, response: ServerResponse): void {
    if (this.#streams.size >= STREAMS_MAX) return answer(response, 503, "Too many pages are open.");
    response.writeHead(200, { ...SECURITY, "content-type": "text/event-stream; charset=utf-8" });
    response.write(`retry: ${RETRY_MS}\n\n`);
    response.write(event("building", this.#doors.map((door) => door.view)));
    response.write(event("phones", this.#phones.map((phone) => phone.view)));
    for (const line of this.#log.after(Number(request.headers["last-event-id"]))) {
      response.write(event("line", line, line.sequence));
    }
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
  }

  #send(name: string, data: unknown, id?: number): void {
    const text = event(name, data, id);
    for (const stream of this.#streams) stream.write(text);
  }

  /** What a body makes a door do; undefined: there is no such door. */
  #atDoor(index: number): ((body: string) => boolean) | undefined {
    if (!(index in this.#doors)) return undefined;
    return (body) => {
      const action = parseDoorAction(body);
      return action !== undefined && this.#doors[index].act(action);
    };
  }

  #withPhone(index: number): ((body: string) => boolean) | undefined {
    if (!(index in this.#phones)) return undefined;
    return (body) => {
      const action = parsePhoneAction(body);
      return action !== undefined && this.#phones[index].act(action);
    };
  }

  #act(perform: ((body: string) => boolean) | undefined, request: IncomingMessage, response: ServerResponse): void {
    if (!perform) return answer(response, 404, "There is no such door or phone.");
    // A form of another page cannot send this type without asking first.
    if (request.headers["content-type"] !== "application/json") return answer(response, 415, "JSON is expected.");
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => {
      body += part;
      if (body.length > BODY_BYTES_MAX) request.destroy();
    });
    request.on("end", () => {
      if (!perform(body)) return answer(response, 400, "That is nothing one can do here.");
      response.writeHead(204, SECURITY);
      response.end();
    });
  }
}

function event(name: string, data: unknown, id?: number): string {
  return `event: ${name}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...SECURITY, "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}
