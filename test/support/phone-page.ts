import { readFileSync } from "node:fs";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";

const PAGE = join(__dirname, "../../phone/browser/page");
const SECURITY = {
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

/** The phone's trial page beside a cloud, at one origin: files from here, what is under /api from there. */
export class PhonePage {
  /** Whether anybody answers: a phone without network hears nobody, its service worker included. */
  reachable = true;
  readonly #cloudUrl: () => string;
  readonly #files: Map<string, { type: string; content: Uint8Array }>;
  readonly #server: Server;

  private constructor(cloudUrl: () => string, files: Map<string, { type: string; content: Uint8Array }>) {
    this.#cloudUrl = cloudUrl;
    this.#files = files;
    this.#server = createServer((incoming, response) => this.#handle(incoming, response));
  }

  static async start(cloudUrl: () => string): Promise<PhonePage> {
    const page = new PhonePage(
      cloudUrl,
      new Map([
        ["/", { type: "text/html; charset=utf-8", content: readFileSync(join(PAGE, "index.html")) }],
        ["/phone.css", { type: "text/css; charset=utf-8", content: readFileSync(join(PAGE, "page.css")) }],
        ["/phone.js", { type: "text/javascript; charset=utf-8", content: await bundle("main.ts") }],
        ["/worker.js", { type: "text/javascript; charset=utf-8", content: await bundle("worker.ts", "iife") }],
      ]),
    );
    await new Promise<void>((resolve) => page.#server.listen(0, "127.0.0.1", resolve));
    return page;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Bytes of the script. */
  get scriptBytes(): Uint8Array {
    return this.#files.get("/phone.js")!.content;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #handle(incoming: IncomingMessage, response: ServerResponse): void {
    if (!this.reachable) return void incoming.socket.destroy();
    const { pathname } = new URL(incoming.url ?? "/", "http://page");
    const file = this.#files.get(pathname);
    if (file) {
      response.writeHead(200, { ...SECURITY, "content-type": file.type });
      return void response.end(file.content);
    }
    if (!pathname.startsWith("/api/")) return void response.writeHead(404, { "content-type": "text/plain" }).end("There is nothing here.");
    const onward = request(`${this.#cloudUrl()}${incoming.url}`, { method: incoming.method, headers: incoming.headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => incoming.socket.destroy());
    incoming.pipe(onward);
  }
}

async function bundle(entry: string, format: "esm" | "iife" = "esm"): Promise<Uint8Array> {
  const { outputFiles } = await build({ entryPoints: [join(PAGE, entry)], bundle: true, minify: true, write: false, format, target: "es2022", logLevel: "silent" });
  return outputFiles[0].contents;
}
