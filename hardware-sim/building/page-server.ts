import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import type { BuildingDoor } from "./building-door";
import type { BuildingLog } from "./building-log";
import { BuildingFob } from "./fobs/building-fob";
import type { Journeys } from "./journeys";
import { parseDoorAction, parseFobAction, parsePhoneAction, parseStoryAction } from "./parse-action";
import { BuildingPhone } from "./phones/building-phone";
import type { PageHost } from "./story-view";

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

export interface PageServerParts {
  doors: readonly BuildingDoor[];
  phones: readonly BuildingPhone[];
  fobs: readonly BuildingFob[];
  log: BuildingLog;
  journeys: Journeys;
}

/**
 * The building's page: static files, a stream of what happens (server-sent events) and what a person does
 * (POST). For this PC only: it listens on loopback and answers to loopback names, so that no page from
 * elsewhere can reach it under a name of its own.
 */
export class PageServer {
  #parts: PageServerParts;
  #host: PageHost | undefined;
  #server: Server;
  #streams = new Set<ServerResponse>();
  #changed = new Set<BuildingDoor | BuildingPhone | BuildingFob>();
  #storyChanged = false;
  #pause: NodeJS.Timeout | undefined;
  #files = new Map<string, { type: string; content: string | Uint8Array }>();
  #stopListening: (() => void)[];

  /** Doors, phones and fobs may still be added. */
  constructor(parts: PageServerParts) {
    this.#parts = parts;
    this.#server = createServer((request, response) => this.#handle(request, response));
    this.#stopListening = [parts.log.listen((line) => this.#send("line", line, line.sequence)), parts.journeys.listen((journey) => this.#send("journey", journey))];
  }

  /** Adds what its host knows: the cloud's address, its letters, a story. */
  host(host: PageHost): void {
    this.#host = host;
    if (host.story) {
      host.story.onChange = () => {
        this.#storyChanged = true;
        this.#tellSoon();
      };
    }
    this.#send("host", { cloudUrl: host.cloudUrl });
    host.story?.onChange?.();
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
    this.#tellSoon(this.#parts.doors[index]);
  }

  phoneChanged(index: number): void {
    this.#tellSoon(this.#parts.phones[index]);
  }

  fobChanged(index: number): void {
    this.#tellSoon(this.#parts.fobs[index]);
  }

  #tellSoon(what?: BuildingDoor | BuildingPhone | BuildingFob): void {
    if (what !== undefined) this.#changed.add(what);
    this.#pause ??= setTimeout(() => {
      this.#pause = undefined;
      const changed = [...this.#changed];
      this.#changed.clear();
      for (const each of changed) this.#send(each instanceof BuildingPhone ? "phone" : each instanceof BuildingFob ? "fob" : "door", each.view);
      if (this.#storyChanged) this.#send("story", this.#host?.story?.view);
      this.#storyChanged = false;
    }, VIEW_PAUSE_MS).unref();
  }

  async close(): Promise<void> {
    for (const stop of this.#stopListening) stop();
    clearTimeout(this.#pause);
    for (const stream of this.#streams) stream.end();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #loadFiles(): Promise<void> {
    const bundle = await build({
      entryPoints: { building: join(PAGE, "main.tsx"), style: join(PAGE, "building.css") },
      outdir: PAGE,
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      target: "es2022",
      jsx: "automatic",
      jsxImportSource: "preact",
      logLevel: "silent",
    });
    for (const { path, contents } of bundle.outputFiles) {
      if (path.endsWith(".js")) this.#files.set("/building.js", { type: "text/javascript; charset=utf-8", content: contents });
      else this.#files.set("/building.css", { type: "text/css; charset=utf-8", content: contents });
    }
    this.#files.set("/", { type: "text/html; charset=utf-8", content: readFileSync(join(PAGE, "index.html")) });
    this.#files.set("/icon.svg", { type: "image/svg+xml", content: readFileSync(join(PAGE, "icon.svg")) });
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? "/", "http://building");
    if (!this.#fromHere(request)) return answer(response, 403, "This page is for this computer only.");
    if (request.method === "GET" && pathname === "/events") return this.#stream(request, response);
    if (request.method === "GET" && pathname === "/letters") return void this.#letters(response);
    const file = request.method === "GET" ? this.#files.get(pathname) : undefined;
    if (file) {
      response.writeHead(200, { ...SECURITY, "content-type": file.type });
      response.end(file.content);
      return;
    }
    const [, kind, index] = /^\/(?:(doors|phones|fobs)\/([0-9]{1,3})|story)$/.exec(pathname) ?? [];
    if (request.method === "POST" && kind !== undefined) return this.#act(this.#acting(kind, Number(index)), request, response);
    if (request.method === "POST" && pathname === "/story") return this.#act(this.#inStory(), request, response);
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
    const { doors, phones, fobs, journeys } = this.#parts;
    response.write(event("building", doors.map((door) => door.view)));
    response.write(event("phones", phones.map((phone) => phone.view)));
    response.write(event("fobs", fobs.map((fob) => fob.view)));
    response.write(event("journeys", journeys.all));
    if (this.#host) response.write(event("host", { cloudUrl: this.#host.cloudUrl }));
    if (this.#host?.story) response.write(event("story", this.#host.story.view));
    for (const line of this.#parts.log.after(Number(request.headers["last-event-id"]))) {
      response.write(event("line", line, line.sequence));
    }
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
  }

  #send(name: string, data: unknown, id?: number): void {
    const text = event(name, data, id);
    for (const stream of this.#streams) stream.write(text);
  }

  /** What a body makes a door, a phone or a fob do; undefined: there is no such thing. */
  #acting(kind: string, index: number): ((body: string) => boolean) | undefined {
    const { doors, phones, fobs } = this.#parts;
    if (kind === "doors") return index in doors ? (body) => perform(doors[index], parseDoorAction(body)) : undefined;
    if (kind === "phones") return index in phones ? (body) => perform(phones[index], parsePhoneAction(body)) : undefined;
    return index in fobs ? (body) => perform(fobs[index], parseFobAction(body)) : undefined;
  }

  #inStory(): ((body: string) => boolean) | undefined {
    const story = this.#host?.story;
    return story && ((body) => perform(story, parseStoryAction(body)));
  }

  async #letters(response: ServerResponse): Promise<void> {
    try {
      const letters = (await this.#host?.letters()) ?? [];
      response.writeHead(200, { ...SECURITY, "content-type": "application/json" });
      response.end(JSON.stringify(letters));
    } catch {
      answer(response, 502, "The cloud does not answer.");
    }
  }

  #act(perform: ((body: string) => boolean) | undefined, request: IncomingMessage, response: ServerResponse): void {
    if (!perform) return answer(response, 404, "There is no such thing here.");
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

function perform<T>(what: { act(action: T): boolean }, action: T | undefined): boolean {
  return action !== undefined && what.act(action);
}

function event(name: string, data: unknown, id?: number): string {
  return `event: ${name}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...SECURITY, "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}
