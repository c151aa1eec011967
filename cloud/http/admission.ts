import type { MiddlewareHandler } from "hono";
import type { Logger } from "pino";
import type { Meters } from "../operations/meters";
import { newId } from "../store/ids";
import type { ApiEnvironment } from "./api";
import { problem } from "./problem";

/** What an overloaded cloud still answers: whoever runs it must be able to tell a busy process from a dead one. */
const ALWAYS = new Set(["/healthz", "/readyz"]);
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

/**
 * Lets requests in: each has an id, which its answer and the log name, and is timed. Beyond `requestsAtOnce` they
 * are turned away before anything is done for them, so that those that are in come to their end.
 */
export function admission({ meters, log, behindProxy, requestsAtOnce }: { meters: Meters; log: Logger; behindProxy: boolean; requestsAtOnce: number }): MiddlewareHandler<ApiEnvironment> {
  let underWay = 0;
  return async (c, next) => {
    const { method, path } = c.req;
    if (ALWAYS.has(path)) return next();
    if (underWay >= requestsAtOnce) {
      meters.requestsShed.inc();
      const seconds = 1 + Math.floor(Math.random() * RETRY_SECONDS_MAX);
      return problem("overloaded", `Try again in ${seconds} s.`, { retryAfter: seconds }, { "retry-after": String(seconds) });
    }
    const given = behindProxy ? c.req.header("x-request-id") : undefined;
    const request = given !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : newId();
    c.set("request", request);
    underWay += 1;
    meters.requestsUnderWay.set(underWay);
    const from = performance.now();
    try {
      await next();
    } finally {
      underWay -= 1;
      meters.requestsUnderWay.set(underWay);
      const seconds = (performance.now() - from) / 1_000;
      meters.requestSeconds.observe({ area: areaOf(path), method: METHODS.has(method) ? method : "other", status: c.res.status }, seconds);
      // Never the query: it may hold an address.
      log.debug({ request, method, path, status: c.res.status, ms: Math.round(seconds * 1_000) }, "answered");
    }
    c.res.headers.set("x-request-id", request);
  };
}

/** Whoever was turned away comes again at a moment of their own. */
const RETRY_SECONDS_MAX = 3;

function areaOf(path: string): string {
  if (path.startsWith("/api/")) return path.endsWith("/live") ? "live" : "api";
  return path.startsWith("/enrol/") ? "enrol" : "pages";
}
