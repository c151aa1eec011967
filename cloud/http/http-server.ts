import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer, Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { HTTP_CHECK_MS, HTTP_HEAD_BYTES_MAX, HTTP_HEAD_MS, HTTP_REQUEST_MS, HTTP_SILENCE_MS, STOP_REQUESTS_MS, TLS_FRAGMENT_BYTES } from "../limits";
import type { Routes } from "./api";
import { limitConnections } from "./http-connections";
import type { Certificate } from "../network/certificate";

export interface HttpAddress {
  host: string;
  /** 0 = any free one. */
  port: number;
  /** It speaks HTTPS then (TLS 1.2 or later), and nothing else. */
  certificate?: Certificate | undefined;
  /** A proxy is the only way in, so all come from one address. Default: no. */
  behindProxy?: boolean;
  /** Until a head has come, and how exact that is; default: those of limits.ts. */
  patience?: { headMs: number; checkMs: number };
}

/** A listening HTTP or HTTPS server. */
export class HttpServer {
  readonly #server: Server;
  /** Where it listens, or has listened. */
  readonly port: number;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /**
   * @param onRefused an address has more connections than it may.
   * @throws as `listen` of node:http, e.g. EADDRINUSE.
   */
  static async start(address: HttpAddress, app: Pick<Routes, "fetch">, onRefused: (address: string) => void = () => undefined): Promise<HttpServer> {
    const listener = getRequestListener(app.fetch);
    const { headMs, checkMs } = address.patience ?? { headMs: HTTP_HEAD_MS, checkMs: HTTP_CHECK_MS };
    const options = { headersTimeout: headMs, requestTimeout: HTTP_REQUEST_MS, connectionsCheckingInterval: checkMs, maxHeaderSize: HTTP_HEAD_BYTES_MAX };
    const handle = (request: IncomingMessage, response: ServerResponse): void => void listener(request, response);
    const server = address.certificate === undefined ? createServer(options, handle) : createSecureServer({ ...options, ...address.certificate, minVersion: "TLSv1.2", handshakeTimeout: headMs }, handle);
    // Doors enrol and fetch firmware here.
    if (server instanceof SecureServer) server.on("secureConnection", (socket) => socket.setMaxSendFragment(TLS_FRAGMENT_BYTES));
    server.setTimeout(HTTP_SILENCE_MS);
    limitConnections(server, { behindProxy: address.behindProxy ?? false }, onRefused);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(address.port, address.host, resolve);
    });
    return new HttpServer(server);
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
