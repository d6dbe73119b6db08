// The worker: starts Python and passes text to it and back. It is a module worker, made from this source by the
// page: over http it fetches the runtime's files; on disk, where fetch is refused, the page hands them over.
// @ts-check
/// <reference lib="webworker" />

/**
 * `renew` names files that came damaged before, so that what the browser has of them is not used again; `life` names a
 * lock that the worker holds as long as it lives. From disk, "piece" messages bring the files.
 *
 * @typedef {object} Start
 * @property {"start"} type
 * @property {string} base      address of the folder with Pyodide and numpy
 * @property {Record<string, string>} addresses  of each file
 * @property {string} snapshot  names all that a snapshot of Python's memory depends on
 * @property {[string, string][]} libraries  extension modules of numpy: file, and path in site-packages
 * @property {string} lock      Pyodide's list of packages
 * @property {string[]} data    files that figures ask for
 * @property {Record<string, number>} sizes  bytes of each file
 * @property {boolean} disk
 * @property {string[]} renew
 * @property {string} life
 *
 * @typedef {{ type: "call", n: number, method: string, request: string, needs: string[] }} Call
 * @typedef {{ type: "piece", name: string, text: string, last: boolean }} Piece
 *
 * @typedef {object} Parts
 * @property {string} base
 * @property {string} lock
 * @property {any} loader  the module pyodide.mjs
 * @property {any} engine  Emscripten's factory
 * @property {Promise<Uint8Array[]>} packs
 * @property {Promise<WebAssembly.Module[]>} code  numpy's extension modules
 * @property {string[]} paths  where in site-packages Python looks for them
 */

const worker = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const MIME = { mjs: "text/javascript", wasm: "application/wasm" };
const STDLIB = "stdlib.pack";
const PYCORE = "pycore.pack";
// A snapshot has all this done.
const FIRST = `
from pycore.live import later
later.install()
from pycore import figures
from pycore.live import host
for name in figures.names(): figures.load(name)
`;
const KEEP_AFTER = 3000; // milliseconds without anything to answer: the reader's moves come first
let asked = 0; // when something last was to be answered

/** @type {any} pycore.live.host.Host, once Python is ready */
let host = null;
/** Data files that were asked for. @type {Map<string, Promise<void>>} */
const brought = new Map();
/** @type {(name: string) => Promise<void>} */
let bring;

worker.onmessage = async ({ data: message }) => {
  try {
    if (message.type === "start") await start(message);
    else if (message.type === "piece") receive(message);
    else await answer(message);
  } catch (error) {
    fail(error);
    if (host) forget(); // Python itself is broken: let it not come back so
  }
};

/**
 * Let Python answer, once the data that it needs for that is there.
 *
 * @param {Call} message
 */
async function answer({ n, method, request, needs }) {
  asked = performance.now();
  for (const name of needs) {
    try {
      if (!brought.has(name)) brought.set(name, bring(name));
      await brought.get(name);
    } catch (error) {
      brought.delete(name); // the next wish asks for it again
      return worker.postMessage({ type: "reply", n, text: JSON.stringify({ missing: words(error) }) });
    }
  }
  worker.postMessage({ type: "reply", n, text: host[method](request) });
}

/**
 * @param {unknown} error
 * @param {string} [file]  which came damaged, or not at all
 */
function fail(error, file) {
  worker.postMessage({ type: "failed", message: words(error), file });
}

/** @param {unknown} error */
function words(error) {
  // Of a traceback the last line is for the reader.
  return String(error instanceof Error ? error.message : error).trimEnd().split("\n").pop();
}

/** @param {Start} message */
async function start({ base, addresses, snapshot, libraries, lock, data, sizes, disk, renew, life }) {
  const plain = fetch;
  // The page asks for this lock too, and gets it when the worker is gone, however that came about.
  const hold = () => new Promise(() => worker.postMessage({ type: "holds" }));
  if (life) navigator.locks.request(life, hold).catch(() => {});
  for (const name of renew)
    await plain(addresses[name], { cache: "reload" }).then((response) => response.arrayBuffer(), () => {});
  // Without its data one figure is not drawn; without any other file there is no Python.
  const tell = (/** @type {Error} */ error, /** @type {string} */ name) => data.includes(name) || fail(error, name);
  const get = disk ? fromDisk() : fromServer(sizes, tell);
  /** @param {string} name */
  const bytes = async (name) => new Uint8Array(await (await get(addresses[name])).arrayBuffer());
  /** @param {string} name */
  const module = async (name) =>
    import(
      disk ? URL.createObjectURL(new Blob([await bytes(name)], { type: MIME.mjs })) : addresses[name]
    ).catch(() => {
      const error = new Error(`${name} could not be loaded`);
      fail(error, name);
      throw error;
    });

  // Pyodide fetches these with the global function when it has got that far; here they are on their way at once.
  const early = new Map(["pyodide.asm.wasm", STDLIB].map((name) => [addresses[name], get(addresses[name])]));
  worker.fetch = (input, init) => {
    const response = early.get(String(input));
    early.delete(String(input));
    return response ?? get(input, init);
  };

  const key = !disk && "caches" in worker ? `${snapshot}?${encodeURIComponent(navigator.userAgent)}` : "";
  // All is asked for at once, and each thing is waited for where it is needed.
  const kept = key ? recall(key) : null;
  const packs = Promise.all(["numpy.pack", PYCORE].map(bytes));
  const code = Promise.all(libraries.map(([name]) => WebAssembly.compileStreaming(get(addresses[name]))));
  for (const promise of [packs, code, ...early.values()]) promise.catch(() => {}); // `get` tells the page
  const [loader, engine] = await Promise.all([module("pyodide.mjs"), module("pyodide.asm.mjs")]);

  // pycore.live.later asks for archives and cannot wait: from disk they are all read now.
  const archives = new Map();
  for (const name of disk ? Object.keys(sizes).filter((name) => name.endsWith(".zip")) : [])
    archives.set(name, await bytes(name));
  Object.assign(worker, { readArchive: (/** @type {string} */ name) => archives.get(name) ?? download(addresses[name]) });

  const parts = { base, lock, loader, engine: engine.default, packs, code, paths: libraries.map(([, path]) => path) };
  const snap = await kept;
  const restored = snap && (await restore(parts, snap));
  const python = restored ?? (await begin(parts, key));
  python.runPython("import random; random.seed()"); // a snapshot has the state of the day it was taken
  host = python.pyimport("pycore.live.host").Host();
  bring = async (name) => host.put(name, python.toPy(await bytes(name)));
  worker.fetch = plain;
  worker.postMessage({ type: "ready", snapshot: Boolean(restored) });
}

/**
 * Start Python, and have a snapshot kept for later visits.
 *
 * @param {Parts} parts
 * @param {string} key  empty where nothing can be kept
 */
async function begin(parts, key) {
  const python = await boot(parts, { makeSnapshot: key !== "" });
  python.runPython(FIRST);
  if (key) take(python, key);
  return python;
}

/**
 * Take a snapshot, if it can be put back, and have it kept when the reader has been served.
 *
 * @param {any} python
 * @param {string} key
 */
function take(python, key) {
  const { wasmTable, tableLength } = python._module;
  // Code that was loaded later than in `prepare` would be missing.
  for (let i = tableLength; i < wasmTable.length; i++) if (wasmTable.get(i)) return;
  try {
    const whole = python.makeMemorySnapshot();
    const timer = setInterval(() => {
      if (performance.now() - asked < KEEP_AFTER) return;
      clearInterval(timer);
      keep(key, whole, tableLength).catch(() => {});
    }, KEEP_AFTER);
  } catch (error) {
    console.info("no snapshot of Python's memory:", error);
  }
}

/**
 * Start Python from a snapshot; null if that does not work.
 *
 * @param {Parts} parts
 * @param {Snapshot} kept
 */
async function restore(parts, kept) {
  try {
    return await boot(parts, { makeSnapshot: false, kept });
  } catch (error) {
    console.info("Python starts anew:", error);
    await forget();
    return null;
  }
}

/**
 * @param {Parts} parts
 * @param {{ makeSnapshot: boolean, kept?: Snapshot }} options
 * @returns {Promise<any>}
 */
function boot(parts, { makeSnapshot, kept }) {
  return parts.loader.loadPyodide({
    indexURL: parts.base,
    stdLibURL: parts.base + STDLIB,
    lockFileContents: parts.lock,
    _makeSnapshot: makeSnapshot,
    _loadSnapshot: kept?.head,
    createPyodideModule: (/** @type {any} */ settings) =>
      new Promise((resolve, reject) => {
        delete settings.INITIAL_MEMORY; // Pyodide takes the snapshot's head for the whole
        settings.preRun.push((/** @type {any} */ module) => {
          module.addRunDependency("libraries");
          prepare(module, parts, kept).then(() => module.removeRunDependency("libraries"), reject);
        });
        const ready = parts.engine(settings).then((/** @type {any} */ module) => {
          if (kept) refill(kept, module.HEAPU8);
          return module;
        });
        ready.then(resolve, reject);
      }),
  });
}

/**
 * Before Python runs: put its files in place and load numpy's extension modules. Loaded here, in this order, they
 * lie at the same places of the memory and of the table of functions in every start, as a snapshot needs it.
 *
 * @param {any} module  Emscripten's
 * @param {Parts} parts
 * @param {Snapshot} [kept]
 */
async function prepare(module, { packs, code, paths }, kept) {
  const folder = module.API.sitePackages;
  if (kept) module.growMemory(kept.heap);
  for (const pack of await packs) unpack(module.FS, folder, pack);
  for (const [i, binary] of (await code).entries()) {
    const library = module.newDSO(`${folder}/${paths[i]}`, undefined, "loading");
    library.global = false;
    library.exports = await module.loadWebAssemblyModule(binary, { loadAsync: true, nodelete: true }, library.name, {});
  }
  module.tableLength = module.wasmTable.length;
  if (kept && (kept.heap !== module.HEAPU8.length || kept.table !== module.tableLength)) {
    throw new Error("the snapshot is of another build");
  }
}

/**
 * Write the files of a pack; their names and sizes stand in front.
 *
 * @param {any} FS
 * @param {string} folder
 * @param {Uint8Array} pack
 */
function unpack(FS, folder, pack) {
  let start = 4 + new DataView(pack.buffer).getUint32(0, true);
  for (const [name, size] of JSON.parse(new TextDecoder().decode(pack.subarray(4, start)))) {
    const path = `${folder}/${name}`;
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, pack.subarray(start, start + size), { canOwn: true });
    start += size;
  }
}

/**
 * Fetch from the server, telling the page how many bytes have come, and at once when a file cannot be had:
 * Pyodide itself would wait for ever for a missing wasm.
 *
 * @param {Record<string, number>} sizes
 * @param {(error: Error, name: string) => void} tell
 * @returns {typeof fetch}
 */
function fromServer(sizes, tell) {
  const plain = fetch.bind(worker);
  return async (input, init) => {
    const name = nameOf(String(input));
    try {
      const response = await plain(input, init);
      if (!response.ok) throw new Error(`${name} was not found (${response.status})`);
      if (!response.body) return response;
      const counter = count(name, sizes[name], tell);
      if (!name.endsWith(".wasm"))
        return await unpacked(name, new Response(response.body.pipeThrough(counter), response));
      // The wasm goes on untouched, and a copy is counted: the browser keeps compiled code only for the response
      // that it fetched itself.
      response.clone().body?.pipeThrough(counter).pipeTo(new WritableStream()).catch(() => {});
      return response;
    } catch (error) {
      const told = error instanceof TypeError ? new Error(`${name} could not be fetched`) : /** @type {Error} */ (error);
      tell(told, name);
      throw told;
    }
  };
}

/**
 * Tell the page of the bytes that come, and fail when they are not as many as they should be.
 *
 * @param {string} name
 * @param {number} size
 * @param {(error: Error, name: string) => void} tell
 * @returns {TransformStream<Uint8Array, Uint8Array>}
 */
function count(name, size, tell) {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      worker.postMessage({ type: "progress", bytes: chunk.length });
      controller.enqueue(chunk);
    },
    flush() {
      if (bytes === size) return;
      const error = new Error(`${name} did not come whole (${bytes} of ${size} bytes)`);
      tell(error, name);
      throw error;
    },
  });
}

// ---------------------------------------------------------------- from disk: base64 of gzip, in pieces

/** @type {Map<string, { stream: ReadableStream<Uint8Array<ArrayBuffer>>, controller: any }>} */
const files = new Map();

/** @param {string} name */
function file(name) {
  let found = files.get(name);
  if (!found) {
    /** @type {any} */
    let controller;
    found = { stream: new ReadableStream({ start: (its) => (controller = its) }), controller };
    files.set(name, found);
  }
  return found;
}

/** @param {Piece} piece */
function receive({ name, text, last }) {
  const { controller } = file(name);
  controller.enqueue(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
  if (last) controller.close();
}

/**
 * Answer with the pieces that the page reads from disk, as they come.
 *
 * @returns {typeof fetch}
 */
function fromDisk() {
  return async (input) => {
    const name = nameOf(String(input));
    const body = file(name).stream.pipeThrough(new DecompressionStream("gzip"));
    const ending = /** @type {keyof typeof MIME} */ (name.split(".").pop());
    const headers = { "Content-Type": MIME[ending] ?? "application/octet-stream" };
    return unpacked(name, new Response(body, { headers }));
  };
}

/**
 * Decompress what the build compressed. The whole of it is read here, so that a damaged file is told at once.
 *
 * @param {string} name
 * @param {Response} response
 */
async function unpacked(name, response) {
  if (!name.endsWith(".pack") || !response.body) return response;
  try {
    return new Response(await new Response(response.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
  } catch {
    throw new Error(`${name} is damaged or did not come whole`);
  }
}

/**
 * Fetch while Python waits: it wants a module that it has not got.
 *
 * @param {string} address
 */
function download(address) {
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`${nameOf(address)} was not found (${request.status})`);
  return new Uint8Array(request.response);
}

/** @param {string} address */
function nameOf(address) {
  return address.slice(address.lastIndexOf("/") + 1);
}
