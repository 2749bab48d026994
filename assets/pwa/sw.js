// Keeps every file of one version on the device and serves it from there. It never touches what the app has stored (IndexedDB).
// A newer version is fetched beside it and takes over when the page asks at its next start, never while it is in use.

// Written by the build: path → [hash, bytes], and which of them only one renderer needs.
const FILES = /*FILES*/ {};
const ONLY = /*ONLY*/ {};
// One cache for all versions: a file that did not change is not fetched again.
const CACHE = "day2053";
const RENDERER = new URL(location.href).searchParams.get("renderer");
const AT_ONCE = 4;

const needed = Object.keys(FILES).filter((path) => !(path in ONLY) || ONLY[path] === RENDERER);
const addressOf = (path) => new URL(`${path}?v=${FILES[path][0]}`, registration.scope).href;

async function download() {
  const cache = await caches.open(CACHE);
  const all = needed.reduce((sum, path) => sum + FILES[path][1], 0);
  let done = 0;
  const say = async (path) => {
    done += FILES[path][1];
    for (const client of await clients.matchAll({ includeUncontrolled: true })) client.postMessage({ downloaded: done / all });
  };
  const queue = [...needed];
  const take = async () => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const address = addressOf(path);
      if (!(await cache.match(address))) {
        const reply = await fetch(address);
        if (!reply.ok) throw new Error(`${path}: HTTP ${reply.status}`);
        await cache.put(address, reply);
      }
      await say(path);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
}

async function takeOver() {
  const cache = await caches.open(CACHE);
  const kept = new Set(needed.map(addressOf));
  for (const request of await cache.keys()) if (!kept.has(request.url)) await cache.delete(request);
  await clients.claim();
}

async function answer(request, path) {
  const cache = await caches.open(CACHE);
  const address = addressOf(path);
  // What the browser threw away comes from the network, of this version or not at all.
  return (await cache.match(address)) ?? fetch(address);
}

self.addEventListener("install", (event) => event.waitUntil(download()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", ({ data }) => {
  if (data === "apply") self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(registration.scope)) return;
  const path = request.mode === "navigate" ? "index.html" : new URL(request.url).href.slice(registration.scope.length).split("?")[0];
  if (path in FILES) event.respondWith(answer(request, path));
});
