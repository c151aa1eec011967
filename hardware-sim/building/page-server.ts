import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import type { BuildingDoor } from "./building-door";
import type { BuildingLog } from "./building-log";
import type { DoorAction } from "./door-view";

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
  #log: BuildingLog;
  #server: Server;
  #streams = new Set<ServerResponse>();
  #changed = new Set<number>();
  #pause: NodeJS.Timeout | undefined;
  #files = new Map<string, { type: string; content: string | Uint8Array }>();
  #stopListening: () => void;

  constructor({ doors, log }: { doors: readonly BuildingDoor[]; log: BuildingLog }) {
    this.#doors = doors;
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
    this.#changed.add(index);
    this.#pause ??= setTimeout(() => {
      this.#pause = undefined;
      const changed = [...this.#changed];
      this.#changed.clear();
      for (const door of changed) this.#send("door", this.#doors[door].view);
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
    const door = /^\/doors\/([0-9]{1,3})$/.exec(pathname);
    if (request.method === "POST" && door) return this.#act(Number(door[1]), request, response);
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

  #act(index: number, request: IncomingMessage, response: ServerResponse): void {
    const door = this.#doors[index] as BuildingDoor | undefined;
    if (!door) return answer(response, 404, "There is no such door.");
    // A form of another page cannot send this type without asking first.
    if (request.headers["content-type"] !== "application/json") return answer(response, 415, "JSON is expected.");
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => {
      body += part;
      if (body.length > BODY_BYTES_MAX) request.destroy();
    });
    request.on("end", () => {
      const action = parseAction(body);
      if (!action || !door.act(action)) return answer(response, 400, "That is nothing one can do at a door.");
      response.writeHead(204, SECURITY);
      response.end();
    });
  }
}

/** @returns undefined for anything but a well-formed action. */
function parseAction(body: string): DoorAction | undefined {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(body) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { action, key, card, open, force, held, plugged, on } = value;
  if (action === "key" && typeof key === "string") return { action, key };
  if (action === "card" && typeof card === "string") return { action, card };
  if (action === "leaf" && typeof open === "boolean") return { action, open, force: force === true };
  if ((action === "exit" || action === "service") && typeof held === "boolean") return { action, held };
  if (action === "network" && typeof plugged === "boolean") return { action, plugged };
  if (action === "power" && typeof on === "boolean") return { action, on };
  return undefined;
}

function event(name: string, data: unknown, id?: number): string {
  return `event: ${name}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...SECURITY, "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}
