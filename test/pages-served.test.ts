import test from "ava";
import { Temporal } from "temporal-polyfill";
import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { builtPages, type BuiltPages } from "../cloud/http/pages/build-pages";
import { instantOf, localOf } from "../cloud/web/language/zoned-input";
import { frenchBlanks, typeset } from "../cloud/web/language/typeset";
import { CloudRig, type Json } from "./support/cloud-rig";

/** Of scripts, for the heaviest page in the heavier language. */
const SCRIPT_BYTES_MAX = 100_000;

let rig: CloudRig;
let pages: BuiltPages;
test.before(async () => {
  rig = await CloudRig.start();
  pages = await builtPages();
});
test.after.always(() => rig.stop());

interface Served {
  status: number;
  headers: Headers;
  text: string;
}

async function get(path: string, headers: Record<string, string> = { accept: "text/html" }): Promise<Served> {
  const response = await fetch(rig.cloud.url + path, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const text = (path: string): string => Buffer.from(pages.files.get(path)!.content).toString();

test("every address of the pages has the one document, behind a policy without inline code and without other sites", async (t) => {
  for (const path of ["/", "/keys/0123456789abcdef", "/manage/0123456789abcdef/doors", "/account", "/set-up", "/invitation", "/lease", "/manager-invitation", "/key", "/notifications"]) {
    const { status, headers, text } = await get(path);
    t.is(status, 200, path);
    t.is(text, Buffer.from(pages.document.content).toString(), path);
    const policy = new Map(headers.get("content-security-policy")!.split("; ").map((part) => [part.split(" ")[0], part.split(" ").slice(1).join(" ")]));
    t.deepEqual([policy.get("default-src"), policy.get("script-src"), policy.get("style-src"), policy.get("connect-src"), policy.get("frame-ancestors"), policy.get("base-uri"), policy.get("form-action")], ["'none'", "'self'", "'self'", "'self'", "'none'", "'none'", "'none'"], path);
    t.deepEqual([headers.get("x-content-type-options"), headers.get("referrer-policy"), headers.get("cross-origin-opener-policy"), headers.get("cache-control")], ["nosniff", "no-referrer", "same-origin", "no-cache"], path);
  }
  const { text: document } = await get("/");
  t.notRegex(document, /<script(?![^>]*\bsrc=)|<style|\bon[a-z]+=|\bstyle=|javascript:/i, "what the policy forbids is not there either");
});

test("what is no page is not found, and to programs says so as the API does", async (t) => {
  const lost = await get("/somewhere-else");
  t.deepEqual([lost.status, lost.headers.get("content-type")], [404, "text/html; charset=utf-8"]);
  t.true(lost.text.includes('<div id="app">'), "with the pages around it, in the reader's language");
  for (const path of ["/somewhere-else", "/assets/main-AAAAAAAA.js", "/api/somewhere"]) {
    const { status, headers } = await get(path, { accept: "*/*", authorization: `Bearer ${rig.cloud.adminToken.token}` });
    t.deepEqual([status, headers.get("content-type")], [404, "application/problem+json"], path);
  }
  t.is((await fetch(`${rig.cloud.url}/`, { method: "POST" })).status, 405);
});

test("files that change their names with their content are kept by browsers, others are asked for, and unchanged ones are not sent again", async (t) => {
  for (const [path, { lasting }] of pages.files) {
    const first = await get(path);
    t.is(first.status, 200, path);
    t.is(first.headers.get("cache-control"), lasting ? "public, max-age=31536000, immutable" : "no-cache", path);
    t.is(lasting, path.startsWith("/assets/"), path);
    const again = await get(path, { "if-none-match": first.headers.get("etag")! });
    t.deepEqual([again.status, again.text], [304, ""], path);
  }
  const { headers } = await get("/service-worker.js");
  t.is(headers.get("content-type"), "text/javascript; charset=utf-8");
  const document = await get("/");
  t.is((await get("/", { accept: "text/html", "if-none-match": document.headers.get("etag")! })).status, 304);
  const plain = await fetch(`${rig.cloud.url}/`, { headers: { accept: "text/html", "accept-encoding": "identity" } });
  t.deepEqual([plain.headers.get("content-encoding"), document.headers.get("content-encoding")], [null, "gzip"]);
});

test("no built file leads to another site, or makes code of text", (t) => {
  for (const [path, { type, content }] of [...pages.files, ["/", pages.document] as const]) {
    if (type === "image/png") continue;
    const foreign = [...Buffer.from(content).toString().matchAll(/\bhttps?:\/\/[^\s"'`)\\]*/g)].map(([url]) => url).filter((url) => !/^https:\/\/github\.com\/preactjs\//.test(url) && !/^http:\/\/www\.w3\.org\/(2000\/svg|1999\/xlink|1998\/Math\/MathML|1999\/xhtml)$/.test(url) && !/^https?:\/\/($|\.|\/|\[|\(|<|…)/.test(url));
    t.deepEqual(foreign.filter((url) => !/\bexample\.(com|org)\b|\.example\b|simplewebauthn\.dev/.test(url)), [], path);
    if (type.startsWith("text/javascript")) t.notRegex(Buffer.from(content).toString(), /\beval\(|new Function\(/, path);
  }
});

test("the service worker names every file of its build, and the page that lies behind it", (t) => {
  const worker = text("/service-worker.js");
  for (const path of pages.files.keys()) t.is(worker.includes(JSON.stringify(path)), path !== "/service-worker.js", path);
  t.regex(worker, /latchkey-pages-/);
});

test("the pages can be installed: the manifest names icons that are there, in the sizes that it says", async (t) => {
  const { headers, text: json } = await get("/manifest.webmanifest");
  t.is(headers.get("content-type"), "application/manifest+json");
  const manifest = JSON.parse(json);
  t.deepEqual([manifest.id, manifest.start_url, manifest.scope, manifest.display], ["/", "/", "/", "standalone"]);
  for (const { src, sizes, type } of manifest.icons) {
    const file = pages.files.get(src);
    t.is(file?.type, type, src);
    if (type !== "image/png") continue;
    const png = Buffer.from(file!.content);
    t.is(png.subarray(1, 4).toString(), "PNG");
    t.is(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`, sizes, src);
  }
  t.true(manifest.icons.some(({ sizes, purpose }: Json) => sizes === "512x512" && purpose === "maskable"));
  t.true(["192x192", "512x512"].every((wanted) => manifest.icons.some(({ sizes, purpose }: Json) => sizes === wanted && purpose === "any")));
  t.regex((await get("/")).text, /<link rel="manifest" href="\/manifest.webmanifest" \/>/);
});

test("each page loads at most 100 KB of script, gzipped, all in all", (t) => {
  const { outputs } = pages.metafile;
  const weight = new Map(Object.keys(outputs).map((path) => [path, gzipSync(pages.files.get(`/assets/${basename(path)}`)!.content, { level: 9 }).length]));
  const source = (name: string): string => Object.keys(outputs).find((path) => outputs[path].entryPoint === name)!;
  /** With what comes along because it imports it. */
  const closure = (path: string, into: Set<string>): Set<string> => {
    if (into.has(path)) return into;
    into.add(path);
    for (const { path: imported, kind } of outputs[path].imports) if (kind === "import-statement") closure(imported, into);
    return into;
  };
  const weigh = (parts: ReadonlySet<string>): number => [...parts].reduce((sum, path) => sum + weight.get(path)!, 0);
  const pagesSeen = new Map<string, number>();
  /** A page, the page within it, and so on; what is fetched once something is pressed counts as a page too. */
  const walk = (before: ReadonlySet<string>, page: string): void => {
    const parts = closure(page, new Set(before));
    pagesSeen.set(outputs[page].entryPoint!, Math.max(pagesSeen.get(outputs[page].entryPoint!) ?? 0, weigh(parts)));
    for (const part of parts) {
      if (before.has(part)) continue;
      for (const { path, kind } of outputs[part].imports) if (kind === "dynamic-import" && !parts.has(path) && !outputs[path].entryPoint!.startsWith("language/")) walk(parts, path);
    }
  };
  const words = ["language/en.ts", "language/fr.ts"].map((name) => closure(source(name), new Set())).sort((one, other) => weigh(other) - weigh(one))[0];
  walk(words, source("main.tsx"));
  t.true(pagesSeen.size > 20);
  const heaviest = [...pagesSeen].sort(([, one], [, other]) => other - one);
  t.log(`words ${weigh(words)} bytes, start ${pagesSeen.get("main.tsx")}; heaviest ${heaviest.slice(0, 3).map(([page, bytes]) => `${page} ${bytes}`).join(", ")}`);
  t.deepEqual(heaviest.filter(([, bytes]) => bytes > SCRIPT_BYTES_MAX), []);
});

test("French is set with blanks at which no line breaks before its tall punctuation, also in what is put together as it is said", (t) => {
  const words = typeset({ ask: "Où aller ?", of: (name: string) => `Clé « ${name} » : prête ; à vous !`, parts: ["Rien reçu ?"], at: "14:10", count: 3 }, frenchBlanks);
  t.deepEqual([words.ask, words.of("Cave"), words.parts, words.at, words.count], ["Où aller\u202f?", "Clé «\u00a0Cave\u00a0»\u00a0: prête\u202f; à vous\u202f!", ["Rien reçu\u202f?"], "14:10", 3]);
  const source = readFileSync(join(__dirname, "../cloud/web/language/fr.ts"), "utf8");
  const said = [...source.matchAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g)].map(([literal]) => literal);
  t.true(said.length > 300);
  t.deepEqual(said.filter((literal) => /[a-zé]'[a-zéèêàâ]/i.test(literal)), [], "and no typewriter's apostrophe");
});

test("wall-clock times of a property are read and written as Temporal has it, also where clocks change", (t) => {
  const zones = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC", "America/Sao_Paulo", "Pacific/Apia"];
  for (const zone of zones) {
    for (const [first, step, count] of [["2026-03-28T23:00", 15, 40], ["2026-10-24T23:00", 15, 40], ["2026-03-08T01:00", 15, 12], ["2026-11-01T00:00", 15, 12], ["2026-04-05T00:00", 15, 16], ["2026-10-04T01:00", 15, 12], ["2026-01-01T00:00", 16_001, 30]] as const) {
      for (let index = 0; index < count; index++) {
        const local = new Date(Date.parse(`${first}Z`) + index * step * 60_000).toISOString().slice(0, 16);
        const instant = Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: "compatible" }).toInstant().toString();
        t.is(instantOf(local, zone), instant, `${local} ${zone}`);
        t.is(localOf(instant, zone), Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: "minute" }), `${instant} ${zone}`);
      }
    }
  }
});
