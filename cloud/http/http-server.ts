import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer, Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { STOP_REQUESTS_MS } from "../limits";
import type { Routes } from "./api";
import type { Certificate } from "../network/certificate";

/** A listening HTTP or HTTPS server. */
export class HttpServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param address port 0 = any free one; with a certificate it speaks HTTPS (TLS 1.2 or later) and nothing else.
   * @throws as `listen` of node:http, e.g. EADDRINUSE.
   */
  static async start(address: { host: string; port: number; certificate?: Certificate | undefined }, app: Pick<Routes, "fetch">): Promise<HttpServer> {
    const listener = getRequestListener(app.fetch);
    const options = { headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 8_192 };
    const handle = (request: IncomingMessage, response: ServerResponse): void => void listener(request, response);
    const server = address.certificate === undefined ? createServer(options, handle) : createSecureServer({ ...options, ...address.certificate, minVersion: "TLSv1.2" }, handle);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(address.port, address.host, resolve);
    });
    return new HttpServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** For connections from now on. @throws Error where it listens without one. */
  useCertificate(certificate: Certificate): void {
    if (!(this.#server instanceof SecureServer)) throw new Error("it speaks no HTTPS");
    this.#server.setSecureContext({ ...certificate, minVersion: "TLSv1.2" });
  }

  /** Takes no more connections, and ends when the requests under way are answered, or have had STOP_REQUESTS_MS. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    // A connection that was busy would be kept for another request after its answer.
    const idle = setInterval(() => this.#server.closeIdleConnections(), 20);
    const force = setTimeout(() => this.#server.closeAllConnections(), STOP_REQUESTS_MS);
    await closed;
    clearInterval(idle);
    clearTimeout(force);
  }
}
