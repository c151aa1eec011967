import { request, type ClientRequest } from "node:http";
import type { Duplex } from "node:stream";
import type { HttpExchange, HttpExchangeEvents } from "../../ecma-http-client";

const ANSWER_MS = 30_000;

/** Carries one request of the firmware's HTTP client to a real server. */
export function performHttp(open: () => Duplex, exchange: HttpExchange, events: HttpExchangeEvents): { close(): void } {
  const { host, port, method, path, headers, body } = exchange;
  let over = false;
  const once = (callback: () => void): void => {
    if (over) return;
    over = true;
    clearTimeout(timeout);
    callback();
  };
  const sent: ClientRequest = request({
    host,
    port,
    method,
    path,
    headers: Object.fromEntries(headers),
    createConnection: () => open(),
  });
  const timeout = setTimeout(() => sent.destroy(new Error("no answer")), ANSWER_MS);
  sent.on("response", (response) => {
    const head = new Map<string, string>();
    for (const [name, value] of Object.entries(response.headers)) head.set(name, String(value));
    if (!over) events.onHead(response.statusCode ?? 0, head);
    response.on("data", (data: Buffer) => {
      if (!over) events.onData(Uint8Array.from(data));
    });
    response.on("end", () => once(events.onEnd));
    response.on("error", () => once(events.onError));
  });
  sent.on("error", () => once(events.onError));
  sent.end(body);
  return {
    close: () => {
      over = true;
      clearTimeout(timeout);
      sent.destroy();
    },
  };
}
