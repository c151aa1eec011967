import createClient from "openapi-fetch";
import type { components, paths } from "./schema";
import { ApiProblem, type ProblemCode } from "./api-problem";

/** A named object of the API's description, e.g. `Schema<"Member">`. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** What happens on the page when the API says that nobody is signed in (any more). */
export const SIGNED_OUT = "latchkey-signed-out";

/** The cloud's API, typed by its own description. Its answers go through `answered`. */
export const api = createClient<paths>({
  // Of every request that may change something, with a body or without: other sites' forms cannot say it.
  headers: { "content-type": "application/json" },
  fetch: async (request) => {
    const response = await fetch(request);
    if (response.status === 401) dispatchEvent(new Event(SIGNED_OUT));
    return response;
  },
});

interface Call<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/**
 * @param call of `api`.
 * @returns the answer's body.
 * @throws {ApiProblem} what the API refused, `offline` where it was not reached.
 */
export async function answered<Data>(call: Promise<Call<Data>>): Promise<Exclude<Data, undefined>> {
  return (await answeredWithTag(call)).data;
}

/** As `answered`, with the entity tag for `If-Match` of what says its version nowhere else. */
export async function answeredWithTag<Data>(call: Promise<Call<Data>>): Promise<{ data: Exclude<Data, undefined>; etag: string }> {
  let came: Call<Data>;
  try {
    came = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiProblem("offline", 0);
  }
  if (came.response.ok) return { data: came.data as Exclude<Data, undefined>, etag: came.response.headers.get("etag") ?? "" };
  throw problemOf(came);
}

function problemOf({ error, response }: Call<unknown>): ApiProblem {
  const { code, detail, ...members } = (typeof error === "object" ? error : {}) as { code?: ProblemCode; detail?: string };
  return new ApiProblem(code ?? "internal", response.status, detail, members);
}

/** The entity tag of a record's version, for `If-Match`: two people who edit it at once do not undo each other. */
export function versionTag(version: number): string {
  return `"${version}"`;
}
