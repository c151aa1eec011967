import { Hono, type Context } from "hono";
import { builtPages, type PageFile } from "./build-pages";

/** Scripts and styles from here alone, no frame around, no form to elsewhere. */
const SECURITY = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(self), clipboard-write=(self), geolocation=(), microphone=(), payment=(), usb=()",
};

/** First parts of the addresses that the pages know (web/app.tsx): others are not found, and look so. */
const KNOWN = new Set(["", "account", "activity", "household", "invitation", "key", "keys", "lease", "manage", "manager-invitation", "notifications", "people", "profiles", "set-up"]);

/** The pages for people: static files, and one document behind every address that is theirs. */
export function pageRoutes(): Hono {
  const app = new Hono();
  app.get("*", async (c, next) => {
    const { path } = c.req;
    if (path.startsWith("/api/") || path.startsWith("/enrol/")) return next();
    const { files, document } = await builtPages();
    const file = files.get(path);
    if (file !== undefined) return send(c, file);
    if (!(c.req.header("accept") ?? "").includes("text/html")) return next();
    return send(c, document, KNOWN.has(path.split("/")[1]) ? 200 : 404);
  });
  return app;
}

function send(c: Context, { type, content, gzipped, lasting, etag }: PageFile, status: 200 | 404 = 200): Response {
  const zip = gzipped !== undefined && /\bgzip\b/.test(c.req.header("accept-encoding") ?? "");
  // A weak tag: zipped and not, it is the same thing (RFC 9110 §8.8.1).
  const headers = { ...SECURITY, "content-type": type, "cache-control": lasting ? "public, max-age=31536000, immutable" : "no-cache", vary: "accept-encoding", etag: `W/${etag}` };
  if (status === 200 && c.req.header("if-none-match") === headers.etag) return c.body(null, 304, headers);
  return c.body((zip ? gzipped : content) as Uint8Array<ArrayBuffer>, status, { ...headers, ...(zip && { "content-encoding": "gzip" }) });
}
