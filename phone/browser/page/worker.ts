/**
 * The page's service worker: without network the page comes from the cache, so that it opens in a garage. What the
 * cloud answers is never cached here; keys lie in IndexedDB.
 */
const CACHE = "latchkey-phone";
const FILES = ["/", "/phone.js", "/phone.css"];

/** What is used of ServiceWorkerGlobalScope: its types and those of a page exclude each other. */
interface WorkerScope {
  addEventListener(type: "install" | "activate", listener: (event: { waitUntil(work: Promise<unknown>): void }) => void): void;
  addEventListener(type: "fetch", listener: (event: { request: Request; respondWith(answer: Promise<Response>): void }) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}
const worker = globalThis as unknown as WorkerScope;

worker.addEventListener("install", (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => worker.skipWaiting())));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && FILES.includes(new URL(request.url).pathname)) event.respondWith(newestOf(request));
});

/** From the network, which keeps the cache fresh; from the cache without one. */
async function newestOf(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch {
    return (await cache.match(request)) ?? Response.error();
  }
}

// A file of its own scope, for TypeScript and for the bundler.
export {};
