import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import type { Caller } from "../accounts/sign-in";
import { addressGroup } from "../network/address-group";
import { Refusal } from "../refusal";
import type { LanguageName } from "../store/rows/account-rows";
import type { ApiParts } from "./api";

/** Where a request comes from, as far as limits and the list of sessions go. */
export function callerOf({ behindProxy }: Pick<ApiParts, "behindProxy">, c: Context): Caller {
  // The last entry is what the proxy itself has seen; whatever comes before it anybody can write.
  const forwarded = behindProxy ? c.req.header("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
  return { address: addressGroup(forwarded ?? getConnInfo(c).remote.address ?? ""), agent: (c.req.header("user-agent") ?? "").replace(/[^\x20-\x7e]/g, "") };
}

/** The language that somebody's browser asks for, before they have said anything themselves. */
export function languageOf(c: Context): LanguageName {
  return /^\s*fr\b/i.test(c.req.header("accept-language") ?? "") ? "fr" : "en";
}

/** @param wait seconds. */
export function tooOften(wait: number): Refusal {
  return new Refusal("too-many-requests", `Try again in ${wait} seconds.`, { retryAfter: wait });
}

/** @throws Refusal `too-many-requests` where there are seconds to wait. */
export function requirePatience(wait: number): void {
  if (wait > 0) throw tooOften(wait);
}
