import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Exposition } from "./exposition";
import type { ReadinessCheck } from "./readiness";

const TEXT = "text/plain; charset=utf-8";

/** A listener of its own for whoever runs the cloud: `/metrics`, and the two questions that machines ask of it. */
export class OperationsServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param address port 0 = any free one. @throws as `listen` of node:http, e.g. EADDRINUSE. */
  static async start(address: { host: string; port: number }, parts: OperationsParts): Promise<OperationsServer> {
    // Few ask, and briefly: nobody may hold it by being slow.
    const server = createServer({ headersTimeout: 5_000, requestTimeout: 10_000, maxHeaderSize: 8_192, keepAliveTimeout: 1_000 }, (request, response) => {
      answer(parts, request, response).catch((error: unknown) => {
        parts.log.error({ err: error }, "failed to answer a question about the cloud");
        if (!response.headersSent) response.writeHead(500, { "content-type": TEXT });
        response.end();
      });
    });
    server.maxConnections = 32;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(address.port, address.host, resolve);
    });
    return new OperationsServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

export interface OperationsParts {
  exposition: Exposition;
  readiness: ReadinessCheck;
  log: Logger;
  /** What `/metrics` asks for as a bearer's; undefined: nothing, because only this machine reaches it. */
  token: string | undefined;
}

async function answer({ exposition, readiness, token }: OperationsParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const say = (status: number, type: string, body: string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { "content-type": type, "cache-control": "no-store", ...headers });
    response.end(request.method === "HEAD" ? undefined : body);
  };
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  if (request.method !== "GET" && request.method !== "HEAD") return say(405, TEXT, "This address takes GET.\n", { allow: "GET, HEAD" });
  if (pathname === "/healthz") return say(200, "application/json", JSON.stringify({ status: "ok" }));
  if (pathname === "/readyz") {
    const said = await readiness.look();
    return say(said.ready ? 200 : 503, "application/json", JSON.stringify(said));
  }
  if (pathname !== "/metrics") return say(404, TEXT, "There are /metrics, /healthz and /readyz.\n");
  if (token !== undefined && !isBearer(request.headers.authorization, token)) return say(401, TEXT, "Send the header Authorization: Bearer <token>.\n", { "www-authenticate": "Bearer" });
  say(200, exposition.contentType, await exposition.text());
}

function isBearer(header: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();
  // Digests have one length, so the comparison's time tells nothing.
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${token}`));
}
