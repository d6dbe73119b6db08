// The worker: starts Python and passes text to it and back. It is a module made from a `data:` address, so its origin is
// opaque: nothing of the site, its storage and its caches is in reach, and the page's policy bars all other requests.
// What Python needs comes by message, from the page. python.js writes the imports of Pyodide before this source.
// @ts-check
/// <reference lib="webworker" />

/**
 * @typedef {object} Start
 * @property {"start"} type
 * @property {string} lock  Pyodide's list of packages: empty
 * @property {WebAssembly.Module} wasm  Python itself
 * @property {[string, WebAssembly.Module][]} libraries  numpy's extension modules: path in site-packages, and code
 * @property {Record<"stdlib" | "numpy" | "pycore", Uint8Array<ArrayBuffer>>} packs  compressed
 * @property {Uint8Array<ArrayBuffer> | null} snapshot  of an earlier visit
 * @property {boolean} wish  whether the page would keep a snapshot
 *
 * With `at`, a piece of a file on demand, and where it begins.
 *
 * @typedef {{ type: "file", name: string, bytes: Uint8Array<ArrayBuffer>, at?: number }} Given
 * @typedef {{ type: "call", n: number, method: string, request: string, refused: string }} Call
 *
 * @typedef {object} Parts  what Python is made of
 * @property {string} lock
 * @property {WebAssembly.Module} wasm
 * @property {[string, WebAssembly.Module][]} libraries
 * @property {Uint8Array<ArrayBuffer>} stdlib
 * @property {Uint8Array<ArrayBuffer>[]} packs
 */

const worker = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const post = worker.postMessage.bind(worker);
const NOWHERE = "https://python.invalid/"; // where Pyodide believes its files to be
// A snapshot has all this done: what most figures use is there, a figure's own module comes when it is set up.
const FIRST = `
from pycore.live import later
later.install()
from pycore.live import controls, host, plot, readout, settings
`;
// Of memory beyond it Pyodide reads texts as zeros: their addresses are negative there.
const MOST = 2 ** 31; // bytes
// Python's doors to JavaScript. Nothing worth stealing lies behind them, but no figure and no reader needs them.
const CLOSE = `
import random, sys
random.seed()  # a snapshot has the state of the day it was taken
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "JsFinder"]
for name in {*sys.modules, "pyodide.code", "pyodide.http", "pyodide.ffi", "pyodide.console", "pyodide.webloop"}:
    if name.partition(".")[0] in ("js", "pyodide", "pyodide_js"):
        sys.modules[name] = None
`;
// What a worker could still reach with, or call itself back with. `caches` answers in WebKit, also here.
const REACH = [
  ...["fetch", "XMLHttpRequest", "WebSocket", "WebSocketStream", "WebTransport", "EventSource", "importScripts"],
  ...["Worker", "SharedWorker", "BroadcastChannel", "RTCPeerConnection", "Notification"],
  ...["caches", "indexedDB", "navigator", "postMessage", "close"],
];

/** @type {any} pycore.live.host.Host, once Python is ready */
let host = null;
/** @type {any} */
let python = null;

worker.onmessage = async ({ data: message }) => {
  try {
    if (message.type === "start") await start(message);
    else if (message.type === "file") put(message);
    else answer(message);
  } catch (error) {
    post({ type: "failed", memory: isMemory(error), detail: String(error) });
  }
};

/**
 * Let Python answer. The page hears first that its wish has come: a worker that is gone says nothing.
 *
 * @param {Call} message
 */
function answer({ n, method, request, refused }) {
  post({ type: "begun", n });
  post({ type: "reply", n, text: host.ask(method, request, refused) });
}

/**
 * Give Python a file that it asked for.
 *
 * @param {Given} message
 */
function put({ name, bytes, at }) {
  if (at !== undefined) return write(name, bytes, at);
  const content = python.toPy(bytes);
  host.put(name, content);
  content.destroy();
}

/**
 * Write a piece where it belongs, in Python's own memory: a large file is nowhere a second time. What held the piece
 * goes back to the page, for the next one.
 *
 * @param {string} name
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} at
 */
function write(name, bytes, at) {
  const room = host.room(name);
  const view = room.getBuffer("u8");
  view.data.set(bytes, at);
  view.release();
  room.destroy();
  post({ type: "written", spare: bytes.buffer }, [bytes.buffer]);
}

/** @param {any} error */
function isMemory(error) {
  return error?.type === "MemoryError" || /out of memory|allocat/i.test(error?.message ?? "");
}

// ---------------------------------------------------------------- the start, in its steps

/** @param {Start} message */
async function start({ snapshot, wish, ...message }) {
  const parts = await unfold(message);
  limit();
  standIn(parts);
  const restored = snapshot && (await restore(parts, snapshot));
  python = restored ?? (await begin(parts, wish));
  const whole = restored || !wish ? null : take();
  python.runPython(CLOSE);
  host = python.pyimport("pycore.live.host").Host();
  for (const name of REACH) remove(name);
  post({ type: "ready", restored: Boolean(restored) });
  // In the same breath, so that no reader's code has run: the page takes no other.
  if (wish && !restored) keep(whole);
}

/**
 * Decompress what the build compressed.
 *
 * @param {Omit<Start, "snapshot" | "wish">} message
 * @returns {Promise<Parts>}
 */
async function unfold({ packs, ...parts }) {
  const [stdlib, ...others] = await Promise.all([packs.stdlib, packs.numpy, packs.pycore].map(decompressed));
  return { ...parts, stdlib, packs: others };
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function decompressed(bytes) {
  // Not through a Blob: WebKit cannot read one in a worker of an opaque origin.
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  const [buffer] = await Promise.all([new Response(readable).arrayBuffer(), written]);
  return new Uint8Array(buffer);
}

/** Let Python's memory grow to `MOST`: what wants more gets a MemoryError. */
function limit() {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * PAGE > MOST) throw new RangeError("more memory than Python can use");
    return grow.call(this, pages);
  };
}

/**
 * Pyodide fetches and compiles; here both have been done.
 *
 * @param {Parts} parts
 */
function standIn({ stdlib, wasm }) {
  worker.fetch = async (address) => new Response(String(address).endsWith(".wasm") ? "" : stdlib);
  WebAssembly.instantiateStreaming = async (_, imports) => ({
    instance: await WebAssembly.instantiate(wasm, imports),
    module: wasm,
  });
}

/**
 * Start Python from a snapshot; null if that does not work.
 *
 * @param {Parts} parts
 * @param {Uint8Array<ArrayBuffer>} snapshot
 */
async function restore(parts, snapshot) {
  try {
    return await boot(parts, { makeSnapshot: false, kept: unwrap(snapshot) });
  } catch (error) {
    console.info("Python starts anew:", error);
    return null;
  }
}

/**
 * Start Python from its files.
 *
 * @param {Parts} parts
 * @param {boolean} makeSnapshot
 */
async function begin(parts, makeSnapshot) {
  const python = await boot(parts, { makeSnapshot });
  python.runPython(FIRST);
  return python;
}

/** Take a snapshot, if it can be put back. */
function take() {
  const { wasmTable, tableLength } = python._module;
  // Code that was loaded later than in `prepare` would be missing.
  for (let i = tableLength; i < wasmTable.length; i++) if (wasmTable.get(i)) return null;
  try {
    return python.makeMemorySnapshot();
  } catch (error) {
    console.info("no snapshot of Python's memory:", error);
    return null;
  }
}

/**
 * Hand a snapshot to the page, or tell it that there is none.
 *
 * @param {Uint8Array<ArrayBuffer> | null} whole
 */
function keep(whole) {
  const snapshot = whole && wrap(whole, python._module.tableLength);
  post({ type: "snapshot", snapshot }, snapshot ? [snapshot.buffer] : []);
}

/**
 * Take a name out of the worker, wherever it is defined.
 *
 * @param {string} name
 */
function remove(name) {
  for (let scope = /** @type {object | null} */ (worker); scope; scope = Object.getPrototypeOf(scope))
    Reflect.deleteProperty(scope, name);
}

// ---------------------------------------------------------------- Pyodide, with numpy in place before it runs

/**
 * @param {Parts} parts
 * @param {{ makeSnapshot: boolean, kept?: Snapshot }} options
 * @returns {Promise<any>}
 */
function boot(parts, { makeSnapshot, kept }) {
  return loadPyodide({
    indexURL: NOWHERE,
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
        const ready = createEngine(settings).then((/** @type {any} */ module) => {
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
async function prepare(module, { packs, libraries }, kept) {
  const folder = module.API.sitePackages;
  if (kept) module.growMemory(kept.heap);
  for (const pack of packs) unpack(module.FS, folder, pack);
  for (const [path, code] of libraries) {
    const library = module.newDSO(`${folder}/${path}`, undefined, "loading");
    library.global = false;
    library.exports = await module.loadWebAssemblyModule(code, { loadAsync: true, nodelete: true }, library.name, {});
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
