/**
 * Keeps the pages for when there is no network: all files of one build, and the one document that stands behind every
 * address. It keeps no answer of the API: those belong to whoever is signed in, and are old the next moment.
 */

/** Put in by the build: the build's name, and the paths of its files. */
declare const BUILD: string;
declare const FILES: readonly string[];

const DOCUMENT = "/";
const CACHE = `latchkey-pages-${BUILD}`;
/** One bar of signal in a cellar must not keep anybody waiting at a door: then the kept document is shown. */
const PATIENCE_MS = 3_000;

/** Of a service worker's own world (W3C Service Workers) what is used here: its types and those of pages exclude each other. */
interface WorkerScope {
  location: Location;
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: { waitUntil(work: Promise<unknown>): void }) => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "fetch", listener: (event: { request: Request; respondWith(response: Promise<Response>): void }) => void): void;
}

const scope = self as unknown as WorkerScope;

scope.addEventListener("install", (event) => {
  // All or nothing: a build of which a part is missing is none. Past the HTTP cache, which could hold another build's document.
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([new Request(DOCUMENT, { cache: "reload", headers: { accept: "text/html" } }), ...FILES.map((path) => new Request(path, { cache: "reload" }))])));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("latchkey-pages-") && name !== CACHE).map((name) => caches.delete(name)))));
});

scope.addEventListener("message", ({ data }) => {
  if (data === "take over") void scope.skipWaiting();
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== scope.location.origin || pathname.startsWith("/api/")) return;
  if (request.mode === "navigate") event.respondWith(newestDocument(request));
  else if (FILES.includes(pathname)) event.respondWith(kept(pathname, request));
});

/** From the network if it answers in time: so that a new version comes by itself, and a removed page is seen to be gone. */
async function newestDocument(request: Request): Promise<Response> {
  const impatient = new AbortController();
  const timer = setTimeout(() => impatient.abort(), PATIENCE_MS);
  try {
    const response = await fetch(request, { signal: impatient.signal });
    // A proxy whose cloud is down answers with a page of its own.
    return response.status >= 500 ? await kept(DOCUMENT, request) : response;
  } catch {
    return kept(DOCUMENT, request);
  } finally {
    clearTimeout(timer);
  }
}

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}
