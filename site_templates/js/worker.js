// The worker: starts Python and passes text to it and back. It is a module worker, made from this source by the
// page: over http it fetches the runtime's files; on disk, where fetch is refused, the page hands them over.
// @ts-check
/// <reference lib="webworker" />

/**
 * @typedef {object} Start
 * @property {"start"} type
 * @property {string} base      address of the folder with Pyodide and numpy
 * @property {string} own       address of the folder with pycore and its data
 * @property {string} snapshot  names all that a snapshot of Python's memory depends on
 * @property {[string, string][]} libraries  extension modules of numpy: file, and path in site-packages
 * @property {string} lock      Pyodide's list of packages
 * @property {string[]} data
 * @property {Record<string, string[]> | null} disk
 *
 * @typedef {{ type: "call", n: number, method: string, request: string }} Call
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
// A snapshot has all this done.
const FIRST = `
from pycore.live import later
later.install()
from pycore import figures
from pycore.live import host
for name in figures.names(): figures.load(name)
`;
const KEEP_AFTER = 3000; // milliseconds: the reader's first moves come first

/** @type {any} pycore.live.host.Host, once Python is ready */
let host = null;

worker.onmessage = async ({ data: message }) => {
  try {
    if (message.type === "start") await start(message);
    else worker.postMessage({ type: "reply", n: message.n, text: host[message.method](message.request) });
  } catch (error) {
    fail(error);
    if (host) forget(); // Python itself is broken: let it not come back so
  }
};

/** @param {unknown} error */
function fail(error) {
  // Of a traceback the last line is for the reader.
  const text = String(error instanceof Error ? error.message : error).trimEnd();
  worker.postMessage({ type: "failed", message: text.split("\n").pop() });
}

/** @param {Start} message */
async function start({ base, own, snapshot, libraries, lock, data, disk }) {
  const plain = fetch;
  const get = disk ? fromDisk(disk) : fromServer();
  /** @param {string} address */
  const bytes = async (address) => new Uint8Array(await (await get(address)).arrayBuffer());
  /** @param {string} name */
  const module = async (name) =>
    import(
      disk ? URL.createObjectURL(new Blob([await bytes(base + name)], { type: MIME.mjs })) : base + name
    ).catch(() => {
      throw new Error(`${name} could not be loaded`);
    });

  // Pyodide fetches these with the global function when it has got that far; here they are on their way at once.
  const early = new Map(["pyodide.asm.wasm", STDLIB].map((name) => [base + name, get(base + name)]));
  worker.fetch = (input, init) => {
    const response = early.get(String(input));
    early.delete(String(input));
    return response ?? get(input, init);
  };

  const key = !disk && "caches" in worker ? `${own}${snapshot}?${encodeURIComponent(navigator.userAgent)}` : "";
  // All is asked for at once, and each thing is waited for where it is needed.
  const kept = key ? recall(key) : null;
  const packs = Promise.all([bytes(base + "numpy.pack"), bytes(own + "pycore.pack")]);
  const code = Promise.all(libraries.map(([name]) => WebAssembly.compileStreaming(get(base + name))));
  const files = Promise.all(data.map((name) => bytes(own + name)));
  for (const promise of [packs, code, files, ...early.values()]) promise.catch(() => {}); // `get` tells the page
  const [loader, engine] = await Promise.all([module("pyodide.mjs"), module("pyodide.asm.mjs")]);

  // pycore.live.later asks for archives and cannot wait: from disk they have all been read by now.
  const archives = new Map();
  for (const name of Object.keys(disk ?? {})) archives.set(name, await bytes(name));
  Object.assign(worker, { readArchive: (/** @type {string} */ name) => archives.get(name) ?? download(base + name) });

  const parts = { base, lock, loader, engine: engine.default, packs, code, paths: libraries.map(([, path]) => path) };
  const snap = await kept;
  const restored = snap && (await restore(parts, snap));
  const python = restored ?? (await begin(parts, key));
  python.runPython("import random; random.seed()"); // a snapshot has the state of the day it was taken
  host = python.pyimport("pycore.live.host").Host();
  for (const [i, file] of (await files).entries()) host.put(data[i], python.toPy(file));
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
    setTimeout(() => keep(key, whole, tableLength).catch(() => {}), KEEP_AFTER);
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
 * @returns {typeof fetch}
 */
function fromServer() {
  const plain = fetch.bind(worker);
  return async (input, init) => {
    const name = nameOf(String(input));
    try {
      const response = await plain(input, init);
      if (!response.ok) throw new Error(`${name} was not found (${response.status})`);
      // The wasm goes through untouched: the browser keeps compiled code only for the response it fetched itself.
      if (name.endsWith(".wasm") || !response.body) return response;
      return await unpacked(name, new Response(response.body.pipeThrough(counter()), response));
    } catch (error) {
      fail(error instanceof TypeError ? new Error(`${name} could not be fetched`) : error);
      throw error;
    }
  };
}

function counter() {
  return new TransformStream({
    transform(/** @type {Uint8Array} */ chunk, controller) {
      worker.postMessage({ type: "progress", bytes: chunk.length });
      controller.enqueue(chunk);
    },
  });
}

/**
 * Answer from the pieces that the page read from disk: base64 of gzip.
 *
 * @param {Record<string, string[]>} disk
 * @returns {typeof fetch}
 */
function fromDisk(disk) {
  return async (input) => {
    const name = nameOf(String(input));
    const parts = disk[name].map((piece) => Uint8Array.from(atob(piece), (c) => c.charCodeAt(0)));
    delete disk[name]; // each file is asked for once
    const body = new Blob(parts).stream().pipeThrough(new DecompressionStream("gzip"));
    const ending = /** @type {keyof typeof MIME} */ (name.split(".").pop());
    worker.postMessage({ type: "progress", bytes: 0 });
    return unpacked(name, new Response(body, { headers: { "Content-Type": MIME[ending] ?? "application/octet-stream" } }));
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
