// The service worker: keeps files of the course on the reader's device, and answers with them when they are there.
//
// A kept file is found by the hash of its content, so what a new version leaves as it was is neither fetched nor
// stored again. Each version of this worker answers with the files of its own version; a newer one fetches what
// changed and waits until the reader takes it or has closed every page of the older.
// @ts-check
/// <reference lib="webworker" />

/**
 * The build writes both before this source. FRESH is true where an author looks at the site while changing it: there
 * the network is asked first.
 *
 * @typedef {Record<string, [hash: string, bytes: number]>} Files  by path, relative to this file
 */

const sw = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const home = new URL("./", sw.location.href).href;
const CACHE = `course at ${home}`; // one origin may hold several sites
const WHOLE = `${home}kept/whole`; // is there when the reader asked for the whole course
const TYPES = /** @type {Record<string, string>} */ ({
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  json: "application/json",
  wasm: "application/wasm",
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
  webp: "image/webp",
  woff2: "font/woff2",
});
const AWAY = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>No network</title><link rel="icon" href="data:,">
<body style="font:1.1rem/1.6 Georgia,serif;max-width:34rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark">
<h1>There is no network</h1><p>This page was not visited before, so it is not on this device. It opens when the network
is back. <a href="${home}index.html">The course</a> shows the other lessons.`;

sw.addEventListener("install", (event) => event.waitUntil(prepare()));
sw.addEventListener("activate", (event) => event.waitUntil(takeOver()));
sw.addEventListener("fetch", (event) => {
  const { url, method, mode } = event.request;
  if (method === "GET" && (Object.hasOwn(FILES, pathOf(url)) || (mode === "navigate" && url.startsWith(home))))
    event.respondWith(answer(event.request));
});
sw.addEventListener("message", (event) => {
  const tell = (/** @type {object} */ reply) => event.ports[0]?.postMessage(reply);
  const work = obey(event.data, tell).then(
    (reply) => tell({ done: true, ...reply }),
    ({ name, message }) => tell({ done: true, failed: name, message }),
  );
  event.waitUntil(work);
});

/** @param {string} url */
function pathOf(url) {
  const [plain] = url.split(/[?#]/);
  return plain === home ? "index.html" : plain.startsWith(home) ? decodeURI(plain.slice(home.length)) : "";
}

/**
 * A file's name without the hash that its address may carry: the same from version to version.
 *
 * @param {string} path
 */
function nameOf(path) {
  return path.replace(/^.*\//, "").replace(/\.[0-9a-f]{8}(?=\.\w+$)/, "");
}

/** @param {string} path */
function keyOf(path) {
  return `${home}kept/${FILES[path][0]}/${encodeURIComponent(nameOf(path))}`;
}

/**
 * Fetch what the reader has kept and this version changed. Without it the version is not taken.
 */
async function prepare() {
  if (FRESH) await sw.skipWaiting();
  const keys = (await (await caches.open(CACHE)).keys()).map(({ url }) => url);
  const names = new Set(["index.html", ...keys.map((key) => decodeURIComponent(key.replace(/^.*\//, "")))]);
  for (const path of Object.keys(FILES)) {
    if (!keys.includes(WHOLE) && !names.has(nameOf(path))) continue;
    await keep(path).catch((error) => {
      // On a full device the new version is taken all the same; what it could not keep comes from the network.
      if (error.name !== "QuotaExceededError") throw error;
    });
  }
}

/** Remove what only older versions used. */
async function takeOver() {
  const cache = await caches.open(CACHE);
  const ours = new Set([WHOLE, ...Object.keys(FILES).map(keyOf)]);
  for (const { url } of await cache.keys()) if (!ours.has(url)) await cache.delete(url);
}

/** @param {Request} request */
async function answer(request) {
  const path = pathOf(request.url);
  const kept = Object.hasOwn(FILES, path) ? await find(path) : undefined;
  if (kept && !FRESH) return kept;
  try {
    return await fetch(request);
  } catch (error) {
    if (kept) return kept;
    if (request.mode !== "navigate") throw error;
    return new Response(AWAY, { headers: { "Content-Type": TYPES.html } });
  }
}

/** @param {string} path */
async function find(path) {
  return caches.match(keyOf(path), { cacheName: CACHE }).catch(() => undefined);
}

/**
 * What a page may ask for.
 *
 * @param {{ type: string, path: string }} message
 * @param {(reply: object) => void} tell
 * @returns {Promise<object>}
 */
async function obey({ type, path }, tell) {
  if (type === "use") await sw.skipWaiting();
  if (type === "claim") await sw.clients.claim();
  if (type === "keep") return (await keep(path, (bytes) => tell({ bytes }))) ?? {};
  if (type === "whole") await (await caches.open(CACHE)).put(WHOLE, new Response());
  if (type === "forget") await caches.delete(CACHE);
  const keys = new Set((await (await caches.open(CACHE)).keys()).map(({ url }) => url));
  const kept = Object.keys(FILES).filter((name) => keys.has(keyOf(name)));
  return { files: FILES, kept, whole: keys.has(WHOLE), fresh: FRESH };
}

/**
 * Keep a file, unless it is there already. Only what has the right hash is kept.
 *
 * @param {string} path
 * @param {(bytes: number) => void} tell  is told of each piece that comes
 */
async function keep(path, tell = () => {}) {
  if (await find(path)) return;
  // What the browser has from the page's own visit will do. If it is damaged or old, the network is asked.
  for (const cache of /** @type {RequestCache[]} */ (["force-cache", "reload"])) {
    const response = await fetch(home + path, { cache });
    if (!response.ok || !response.body) throw new Error(`${path} was not found (${response.status})`);
    const pieces = [];
    let bytes = 0;
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      tell(value.length);
      bytes += value.length;
    }
    const content = new Blob(pieces);
    if ((await hash(content)).startsWith(FILES[path][0])) {
      const headers = { "Content-Type": TYPES[path.replace(/^.*\./, "")] ?? "application/octet-stream" };
      return (await caches.open(CACHE)).put(keyOf(path), new Response(content, { headers }));
    }
    tell(-bytes);
  }
  throw new Error(`${path} did not come whole`);
}

/** @param {Blob} content */
async function hash(content) {
  const digest = await crypto.subtle.digest("SHA-256", await content.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
