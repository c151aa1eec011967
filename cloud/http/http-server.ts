import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Routes } from "./api";

/** A listening HTTP server. */
export class HttpServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param port 0 = any free one. @throws as `listen` of node:http, e.g. EADDRINUSE. */
  static async start(address: { host: string; port: number }, app: Pick<Routes, "fetch">): Promise<HttpServer> {
    const listener = getRequestListener(app.fetch);
    const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 8_192 }, (request, response) => void listener(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(address.port, address.host, resolve);
    });
    return new HttpServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const force = setTimeout(() => this.#server.closeAllConnections(), 2_000);
    await closed;
    clearTimeout(force);
  }
}
