import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { SITE, type Actor } from "../accounts/actor";
import { findMachine } from "../accounts/machine-token";
import { findSession } from "../accounts/session";
import { SESSION_SECONDS_MAX } from "../limits";
import type { ApiEnvironment, ApiParts } from "./api";
import { PAGE_PATH, STYLE_PATH } from "./api-page";
import { problem } from "./problem";

/** Paths under /api for whoever comes; they learn who it is where somebody has signed in. */
const OPEN_PATHS = new Set([
  "/api/openapi.json",
  `/api${PAGE_PATH}`,
  `/api${STYLE_PATH}`,
  "/api/health",
  "/api/sign-in",
  "/api/sign-in/codes",
  "/api/sign-in/passkey",
  "/api/sign-in/passkey/options",
  "/api/sign-out",
  "/api/invitations/look",
  "/api/invitations/decline",
  "/api/keys/look",
  "/api/keys/decline",
]);

/**
 * Finds out who makes a request: programs by the header Authorization, people by the cookie of their session. A request
 * that names itself in the header never falls back on a cookie.
 */
export function authenticate(parts: ApiParts): MiddlewareHandler<ApiEnvironment> {
  return async (c, next) => {
    const actor = await identify(parts, c);
    if (actor?.kind !== "site" && actor?.kind !== "machine" && isCrossSite(parts, c, actor !== undefined)) {
      return problem("cross-site", "Browsers must send this request from the address of this site.");
    }
    c.set("actor", actor);
    if (actor !== undefined || OPEN_PATHS.has(c.req.path)) return next();
    return problem("unauthorized", "Sign in, or send the header Authorization: Bearer <token>.", {}, { "www-authenticate": "Bearer" });
  };
}

async function identify(parts: ApiParts, c: Context<ApiEnvironment>): Promise<Actor | undefined> {
  const authorization = c.req.header("authorization");
  const now = parts.clock.now();
  if (authorization !== undefined) {
    const token = /^Bearer ([A-Za-z0-9._~+/=-]+)$/.exec(authorization)?.[1];
    if (token === undefined) return undefined;
    return parts.adminToken.matches(token) ? SITE : findMachine(parts.database, token, now);
  }
  const token = getCookie(c, cookieName(parts));
  return token === undefined ? undefined : findSession(parts.database, token, now);
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a page of somebody else's may have sent this: a browser adds the cookie to those too. Every browser says
 * where a POST comes from; one that does not is no browser, and then it holds no cookie either.
 */
function isCrossSite(parts: ApiParts, c: Context, hasCookie: boolean): boolean {
  if (SAFE_METHODS.has(c.req.method)) return false;
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site !== "same-origin";
  const origin = c.req.header("origin");
  if (origin === undefined) return hasCookie;
  // Behind a proxy Host may be another name, so the public address counts as well; no page can choose either.
  return origin !== parts.publicUrl() && hostOf(origin) !== c.req.header("host");
}

function hostOf(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/.exec(origin)?.[1];
}

/** The cookie of a new session. Scripts cannot read it, and other sites' requests do not carry it. */
export function giveCookie(parts: ApiParts, c: Context, token: string): void {
  setCookie(c, cookieName(parts), token, { httpOnly: true, sameSite: "Lax", path: "/", secure: isSecure(parts), maxAge: SESSION_SECONDS_MAX });
}

export function takeCookie(parts: ApiParts, c: Context): void {
  deleteCookie(c, cookieName(parts), { path: "/", secure: isSecure(parts) });
}

/** Under HTTPS the name makes browsers insist that nobody but this host set it (RFC 6265bis §4.1.3.2). */
function cookieName(parts: ApiParts): string {
  return isSecure(parts) ? "__Host-latchkey" : "latchkey";
}

function isSecure(parts: ApiParts): boolean {
  return parts.publicUrl().startsWith("https:");
}
