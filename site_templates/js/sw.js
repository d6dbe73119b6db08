// The service worker: keeps files of the course on the reader's device, and answers with them when they are there.
//
// A kept file is found by the hash of its content, so what a new version leaves as it was is neither fetched nor
// stored again. The hash is checked again before a kept file is used: any script of the site's origin, a neighbour's
// too, can write into the cache. Each version of this worker answers with the files of its own version; a newer one
// fetches what changed and waits until the reader takes it, has closed every page of the older, or needs a file of the
// older that the server no longer has.
// @ts-check
/// <reference lib="webworker" />

/**
 * The build writes them before this source. FRESH is true where an author looks at the site while changing it: there
 * the network is asked first. FRONT names what the course's page needs, which is always kept.
 *
 * @typedef {Record<string, [hash: string, bytes: number]>} Files  by path, relative to this file
 */

const sw = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const home = new URL("./", sw.location.href).href;
const CACHE = `course at ${home}`; // one origin may hold several sites
const WHOLE = `${home}kept/whole`; // is there when the reader asked for the whole course
const ALL = `${home}kept/all`; // also for what figures load on demand (demand.js): else only the reader's press loads that
const LARGE = "large/"; // where that lies
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
const GONE = [404, 410];

/** What the network is still asked for, to be kept. @type {Map<Promise<unknown>, AbortController>} */
const pending = new Map();

sw.addEventListener("install", (event) => event.waitUntil(prepare()));
sw.addEventListener("activate", (event) => event.waitUntil(takeOver()));
sw.addEventListener("fetch", (event) => {
  const { url, method, mode } = event.request;
  if (method === "GET" && (Object.hasOwn(FILES, pathOf(url)) || (mode === "navigate" && url.startsWith(home))))
    event.respondWith(answer(event));
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
  return plain === home ? "index.html" : plain.startsWith(home) ? decoded(plain.slice(home.length)) : "";
}

/** @param {string} path */
function addressOf(path) {
  return home + path.split("/").map(encodeURIComponent).join("/");
}

/**
 * Addresses come from anywhere: one with a stray % stays as it is, and names no file.
 *
 * @param {string} text
 */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A file's name without the hash that its address may carry: the same from version to version. More than one folder
 * has an index.html.
 *
 * @param {string} path
 */
function nameOf(path) {
  return path.replace(/\/(?=index\.html$)/, "-").replace(/^.*\//, "").replace(/\.[0-9a-f]{8}(?=\.\w+$)/, "");
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
  const names = new Set([...FRONT, ...keys.map((key) => decoded(key.replace(/^.*\//, "")))]);
  for (const path of Object.keys(FILES)) {
    const wished = keys.includes(path.startsWith(LARGE) ? ALL : WHOLE);
    if (!wished && !names.has(nameOf(path))) continue;
    await keep(path).catch((error) => {
      // On a full device the new version is taken all the same; what it could not keep comes from the network.
      if (error.name !== "QuotaExceededError") throw error;
    });
  }
}

/** Remove what only older versions used. */
async function takeOver() {
  const cache = await caches.open(CACHE);
  const ours = new Set([WHOLE, ALL, ...Object.keys(FILES).map(keyOf)]);
  for (const { url } of await cache.keys()) if (!ours.has(url)) await cache.delete(url);
}

/** @param {FetchEvent} event */
async function answer(event) {
  const { request, clientId } = event;
  const path = pathOf(request.url);
  const ours = Object.hasOwn(FILES, path);
  // A page that asks anew ("reload") wants to know what the server has now.
  const first = ours && !FRESH && request.cache !== "reload" ? await find(path) : undefined;
  if (first) return first;
  try {
    const response = await fetch(request);
    if (!ours || !GONE.includes(response.status)) return response;
    event.waitUntil(outlive(path, clientId).catch(() => {}));
    return (await find(path)) ?? response;
  } catch (error) {
    const kept = ours ? await find(path) : undefined;
    if (kept) return kept;
    if (request.mode !== "navigate") throw error;
    return new Response(AWAY, { headers: { "Content-Type": TYPES.html } });
  }
}

/**
 * Find a kept file. One that is not what this version keeps is dropped, so that it comes from the network again.
 *
 * The whole file is read before its first byte is given; the answer is still the cache's own, so that the browser can
 * keep compiled code beside it.
 *
 * @param {string} path
 */
async function find(path) {
  try {
    const kept = await caches.match(keyOf(path), { cacheName: CACHE });
    if (!kept) return undefined;
    const { status, redirected, headers } = kept;
    const plain = status === 200 && !redirected && [...headers].every(([name, value]) => name === "content-type" && value === typeOf(path));
    if (plain && (await hash(await kept.clone().arrayBuffer())).startsWith(FILES[path][0])) return kept;
    await (await caches.open(CACHE)).delete(keyOf(path));
  } catch {
    // Storage is off or out of order: the network will do.
  }
  return undefined;
}

/** @param {string} path */
function typeOf(path) {
  return TYPES[path.replace(/^.*\./, "")] ?? "application/octet-stream";
}

// ---------------------------------------------------------------- a newer version

/**
 * The server has no longer what this version needs, so a newer one is there.
 *
 * A page whose script runs takes it with all that the reader did there (version.js). One that was kept, and lacks what
 * its markup names, can do nothing for itself: it is dropped, and loaded from the network. The newer version is not
 * waited for, since a browser may take minutes until it gives up this one.
 *
 * @param {string} path
 * @param {string} clientId
 */
async function outlive(path, clientId) {
  await sw.registration.update();
  const newer = sw.registration.installing ?? sw.registration.waiting;
  const client = await sw.clients.get(clientId);
  const page = client ? pathOf(client.url) : "";
  const kept = newer && Object.hasOwn(FILES, page) ? await find(page) : undefined;
  if (!kept || !named(page, await kept.text()).includes(path)) return;
  newer?.postMessage({ type: "use" });
  await (await caches.open(CACHE)).delete(keyOf(page));
  if (client instanceof WindowClient) client.navigate(client.url).catch(() => {}); // not waited for: it needs this worker
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
  for (const [wish, mark] of [["whole", WHOLE], ["all", ALL]])
    if (type === wish) await (await caches.open(CACHE)).put(mark, new Response());
  if (type === "forget") await forget();
  const keys = new Set((await (await caches.open(CACHE)).keys()).map(({ url }) => url));
  const wished = Object.entries(FILES).filter(([name]) => keys.has(ALL) || !name.startsWith(LARGE));
  const kept = wished.map(([name]) => name).filter((name) => keys.has(keyOf(name)));
  const size = (/** @type {[string, [string, number]][]} */ files) => files.reduce((sum, [, [, bytes]]) => sum + bytes, 0);
  const more = size(Object.entries(FILES)) - size(wished);
  return { files: Object.fromEntries(wished), kept, more, whole: keys.has(WHOLE), fresh: FRESH };
}

/** Remove all that is kept, and what is about to be. */
async function forget() {
  while (pending.size) {
    for (const ending of pending.values()) ending.abort();
    await Promise.allSettled(pending.keys());
  }
  await caches.delete(CACHE);
}

/**
 * Keep a file, unless it is there already.
 *
 * @param {string} path
 * @param {(bytes: number) => void} [tell]  is told of each piece that comes
 * @returns {Promise<void>}
 */
async function keep(path, tell = () => {}) {
  const ending = new AbortController();
  const work = fetchAndKeep(path, tell, ending.signal);
  pending.set(work, ending);
  await work.finally(() => pending.delete(work));
}

/**
 * Only what has the right hash is kept, and a page only together with what its markup names.
 *
 * @param {string} path
 * @param {(bytes: number) => void} tell
 * @param {AbortSignal} signal
 */
async function fetchAndKeep(path, tell, signal) {
  const cache = await caches.open(CACHE);
  if (await cache.match(keyOf(path))) return; // whether it is whole is seen when it is used
  const content = await fetchWhole(path, tell, signal);
  if (path.endsWith(".html")) for (const other of named(path, await content.text())) await fetchAndKeep(other, tell, signal);
  signal.throwIfAborted();
  await cache.put(keyOf(path), new Response(content, { headers: { "Content-Type": typeOf(path) } }));
}

/**
 * @param {string} path
 * @param {(bytes: number) => void} tell
 * @param {AbortSignal} signal
 */
async function fetchWhole(path, tell, signal) {
  // What the browser has from the page's own visit will do. If it is damaged or old, the network is asked.
  for (const cache of /** @type {RequestCache[]} */ (["force-cache", "reload"])) {
    const response = await fetch(addressOf(path), { cache, signal });
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
    if ((await hash(await content.arrayBuffer())).startsWith(FILES[path][0])) return content;
    tell(-bytes);
  }
  throw new Error(`${path} did not come whole`);
}

/**
 * The files beside other pages that a page's markup names: its styles, its scripts, its pictures.
 *
 * @param {string} page
 * @param {string} html
 */
function named(page, html) {
  const addresses = [...html.matchAll(/\s(?:href|src)="([^"#?]+)"/g)].map(([, address]) => address);
  const paths = addresses.map((address) => (URL.canParse(address, home + page) ? pathOf(new URL(address, home + page).href) : ""));
  return [...new Set(paths)].filter((path) => Object.hasOwn(FILES, path) && !path.endsWith(".html"));
}

/** @param {BufferSource} content */
async function hash(content) {
  const digest = await crypto.subtle.digest("SHA-256", content);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
