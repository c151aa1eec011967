import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Logger } from "pino";
import { isStorageFailure } from "../store/store";
import { PROBLEMS, Refusal, type ProblemCode } from "../refusal";

/**
 * Problem details (RFC 9457): `code` is what a program looks at, `detail` what a person reads.
 * @param members further ones of this kind of problem.
 */
export function problem(code: ProblemCode, detail: string, members: Record<string, unknown> = {}, headers: Record<string, string> = {}): Response {
  const [status, title] = PROBLEMS[code];
  const body = { type: `urn:latchkey:problem:${code}`, title, status, code, detail, ...members };
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers } });
}

/** Any error as a problem. What is not a refusal is a bug or a full disk: its text stays in the log. */
export function problemOf(error: unknown, context: Context, log: Logger): Response {
  if (error instanceof Refusal) {
    const { retryAfter } = error.members;
    return problem(error.code, error.message, error.members, typeof retryAfter === "number" ? { "retry-after": String(retryAfter) } : {});
  }
  if (error instanceof HTTPException && error.status === 400) return problem("malformed-json", PROBLEMS["malformed-json"][1]);
  log.error({ err: error, request: context.get("request") as string | undefined, method: context.req.method, path: context.req.path }, "a request failed");
  return isStorageFailure(error) ? problem("storage-failed", "Nothing was changed. Look at the log of the cloud.") : problem("internal", "Nothing was changed. Look at the log of the cloud.");
}
