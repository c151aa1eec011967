import { Hono } from "hono";
import { builtPages } from "./build-pages";

/** Scripts and styles from here alone, no frame around, no form to elsewhere. */
const SECURITY = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "bluetooth=(self), camera=(self), clipboard-write=(self), geolocation=(), microphone=(), payment=(), usb=()",
};

/** First parts of the addresses that the pages know (web/app.tsx): others are not found, and look so. */
const KNOWN = new Set(["", "account", "activity", "groups", "household", "invitation", "key", "keys", "lease", "manage", "manager-invitation", "notifications", "people", "profiles", "set-up"]);

/** The pages for people: static files, and one document behind every address that is theirs. */
export function pageRoutes(): Hono {
  const app = new Hono();
  app.get("*", async (c, next) => {
    const { path } = c.req;
    if (path.startsWith("/api/") || path.startsWith("/enrol/")) return next();
    const { files, document } = await builtPages();
    const file = files.get(path);
    if (file !== undefined) {
      const headers = { ...SECURITY, "content-type": file.type, "cache-control": file.lasting ? "public, max-age=31536000, immutable" : "no-cache" };
      return c.body(file.content as Uint8Array<ArrayBuffer>, 200, headers);
    }
    if (!(c.req.header("accept") ?? "").includes("text/html")) return next();
    return c.body(document as Uint8Array<ArrayBuffer>, KNOWN.has(path.split("/")[1]) ? 200 : 404, { ...SECURITY, "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" });
  });
  return app;
}
