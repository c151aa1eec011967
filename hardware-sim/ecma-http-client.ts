import type { HttpClient, HttpClientConstructor, HttpRequest, HttpRequestOptions } from "../firmware/device";
import type { BoardSession } from "./board-session";

/** Bytes of a body that the application may write at once; lwIP's send buffer is as large. */
const WRITABLE_BYTES = 2_920;

export interface HttpExchange {
  host: string;
  port: number;
  method: string;
  path: string;
  headers: Map<string, string>;
  body: Uint8Array;
}

export interface HttpExchangeEvents {
  onHead(status: number, headers: Map<string, string>): void;
  onData(bytes: Uint8Array): void;
  onEnd(): void;
  onError(): void;
}

/** Carries one request to a server; nothing of the answer comes before it returns. */
export type PerformHttp = (exchange: HttpExchange, events: HttpExchangeEvents) => { close(): void };

/** One request and what of its answer is not read yet. */
interface Running {
  options: HttpRequestOptions;
  request: HttpRequest;
  phase: "waiting" | "sending" | "receiving" | "done";
  body: Uint8Array;
  written: number;
  unread: Uint8Array[];
  ended: boolean;
}

/**
 * The ECMA-419 HTTP client class with the habits of Moddable's: requests of one client run one after another;
 * a body goes out through `onWritable` and `write`, and only with a content-length header; `onReadable` tells
 * how much can be read; `onDone(null)` ends a request, `onDone(error)` all of them, and closes the client.
 */
export function httpClientClass(session: BoardSession, perform: PerformHttp): HttpClientConstructor {
  return class EcmaHttpClient implements HttpClient {
    #host: string;
    #port: number;
    #onError: ((error?: unknown) => void) | undefined;
    #queue: Running[] = [];
    #current: Running | undefined;
    #exchange: { close(): void } | undefined;
    #closed = false;

    constructor(options: { host: string; port?: number; onError?(error?: unknown): void }) {
      session.need();
      if (!options.host) throw new Error("host required");
      this.#host = options.host;
      this.#port = options.port ?? 80;
      this.#onError = options.onError;
    }

    request(options: HttpRequestOptions): HttpRequest {
      session.need();
      if (this.#closed) throw new Error("http: client is closed");
      const client = this;
      const request: HttpRequest = {
        read(count) {
          return client.#read(running, count);
        },
        write(data) {
          return client.#write(running, data);
        },
      };
      const length = contentLength(options.headers);
      const running: Running = {
        options,
        request,
        phase: "waiting",
        body: new Uint8Array(length),
        written: 0,
        unread: [],
        ended: false,
      };
      this.#queue.push(running);
      if (!this.#current && this.#queue.length === 1) session.timer.set(() => this.#next(), 0);
      return request;
    }

    close(): void {
      this.#closed = true;
      this.#exchange?.close();
      this.#exchange = undefined;
      this.#queue = [];
      this.#current = undefined;
    }

    #next(): void {
      if (this.#closed || this.#current) return;
      const running = this.#queue.shift();
      if (!running) return;
      this.#current = running;
      running.phase = "sending";
      if (running.body.length === 0) this.#perform(running);
      else this.#askForBody(running);
    }

    #askForBody(running: Running): void {
      const count = Math.min(WRITABLE_BYTES, running.body.length - running.written);
      running.options.onWritable?.call(running.request, count);
    }

    #write(running: Running, data: ArrayBuffer | Uint8Array | undefined): number {
      session.need();
      if (this.#current !== running || running.phase !== "sending") throw new Error("http: bad state");
      const bytes = data === undefined || data instanceof Uint8Array ? data : new Uint8Array(data);
      if (!bytes) throw new Error("http: bad data");
      if (bytes.length > WRITABLE_BYTES || running.written + bytes.length > running.body.length) {
        throw new Error("http: would block");
      }
      running.body.set(bytes, running.written);
      running.written += bytes.length;
      if (running.written === running.body.length) {
        this.#perform(running);
        return 0;
      }
      session.timer.set(() => {
        if (this.#current === running && running.phase === "sending") this.#askForBody(running);
      }, 0);
      return 0;
    }

    #perform(running: Running): void {
      running.phase = "receiving";
      const { method = "GET", path = "/", headers = new Map<string, string>() } = running.options;
      const exchange = { host: this.#host, port: this.#port, method, path, headers, body: running.body };
      const during = (callback: () => void): void =>
        session.run(() => {
          if (this.#current === running && !running.ended) callback();
        });
      this.#exchange = perform(exchange, {
        onHead: (status, head) => during(() => running.options.onHeaders?.call(running.request, status, head)),
        onData: (bytes) =>
          during(() => {
            if (bytes.length === 0) return;
            running.unread.push(bytes);
            running.options.onReadable?.call(running.request, available(running));
          }),
        onEnd: () =>
          during(() => {
            running.ended = true;
            this.#finish(running);
          }),
        onError: () => during(() => this.#failed()),
      });
    }

    #read(running: Running, count: number | undefined): ArrayBuffer | undefined {
      if (this.#current !== running) throw new Error("http: bad state");
      if (running.phase !== "receiving") return undefined;
      const bytes = new Uint8Array(Math.min(count ?? Infinity, available(running)));
      let filled = 0;
      while (filled < bytes.length) {
        const part = running.unread[0];
        const taken = part.subarray(0, bytes.length - filled);
        bytes.set(taken, filled);
        filled += taken.length;
        if (taken.length === part.length) running.unread.shift();
        else running.unread[0] = part.subarray(taken.length);
      }
      this.#finish(running);
      return bytes.buffer;
    }

    /** Done once the answer has ended and all of it is read. */
    #finish(running: Running): void {
      if (!running.ended || available(running) > 0 || running.phase === "done") return;
      running.phase = "done";
      session.timer.set(() => {
        if (this.#current !== running) return;
        running.options.onDone?.call(running.request, null);
        if (this.#current === running) this.#current = undefined;
        this.#next();
      }, 0);
    }

    #failed(): void {
      if (this.#closed) return;
      const requests = this.#current ? [this.#current, ...this.#queue] : this.#queue;
      const onError = this.#onError;
      this.#current = undefined;
      this.#queue = [];
      for (const { options, request } of requests) options.onDone?.call(request, new Error("http: connection failed"));
      onError?.();
      this.close();
    }
  };
}

function contentLength(headers: Map<string, string> | undefined): number {
  let length = 0;
  headers?.forEach((value, name) => {
    if (name.toLowerCase() === "content-length") length = Number(value);
  });
  return length;
}

function available(running: Running): number {
  return running.unread.reduce((sum, part) => sum + part.length, 0);
}
