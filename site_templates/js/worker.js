// The worker: starts Python and passes text to it and back. It is a module worker, made from this source by the
// page: over http it fetches the runtime's files; on disk, where fetch is refused, the page hands them over.
// @ts-check
/// <reference lib="webworker" />

/**
 * @typedef {{ type: "start", base: string, core: string[], data: string[], disk: Record<string, string[]> | null }} Start
 * @typedef {{ type: "call", n: number, method: string, request: string }} Call
 */

const worker = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const MIME = { mjs: "text/javascript", wasm: "application/wasm", json: "application/json" };

/** @type {any} pycore.live.host.Host, once Python is ready */
let host = null;

worker.onmessage = async ({ data: message }) => {
  try {
    if (message.type === "start") await start(message);
    else worker.postMessage({ type: "reply", n: message.n, text: host[message.method](message.request) });
  } catch (error) {
    fail(error);
  }
};

/** @param {unknown} error */
function fail(error) {
  // Of a traceback the last line is for the reader.
  const text = String(error instanceof Error ? error.message : error).trimEnd();
  worker.postMessage({ type: "failed", message: text.split("\n").pop() });
}

/** @param {Start} message */
async function start({ base, core, data, disk }) {
  const plain = fetch;
  const get = disk ? fromDisk(base, disk) : fromServer(base);
  worker.fetch = get; // Pyodide fetches with the global function
  /** @param {string} name */
  const bytes = async (name) => new Uint8Array(await (await get(base + name)).arrayBuffer());
  /** @param {string} name */
  const module = async (name) =>
    import(disk ? URL.createObjectURL(new Blob([await bytes(name)], { type: MIME.mjs })) : base + name).catch(() => {
      throw new Error(`${name} could not be loaded`);
    });

  const [loader, engine, lock, ...files] = await Promise.all([
    module("pyodide.mjs"),
    module("pyodide.asm.mjs"),
    get(base + "pyodide-lock.json").then((response) => response.text()),
    ...data.map(bytes),
  ]);
  const python = await loader.loadPyodide({
    indexURL: base,
    packageBaseUrl: base,
    lockFileContents: lock,
    createPyodideModule: engine.default,
    packages: core,
  });
  host = python.pyimport("pycore.live.host").Host();
  data.forEach((name, i) => host.put(name, python.toPy(files[i])));
  worker.fetch = plain;
  worker.postMessage({ type: "ready" });
}

/**
 * Fetch from the server, telling the page how many bytes have come, and at once when a file cannot be had:
 * Pyodide itself would wait for ever for a missing wasm.
 *
 * @param {string} base
 * @returns {typeof fetch}
 */
function fromServer(base) {
  const plain = fetch.bind(worker);
  return async (input, init) => {
    const name = String(input).slice(base.length);
    try {
      const response = await plain(input, init);
      if (!response.ok) throw new Error(`${name} was not found (${response.status})`);
      // The wasm goes through untouched: the browser keeps compiled code only for the response it fetched itself.
      if (name.endsWith(".wasm") || !response.body) return response;
      return new Response(response.body.pipeThrough(counter()), response);
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
 * @param {string} base
 * @param {Record<string, string[]>} disk
 * @returns {typeof fetch}
 */
function fromDisk(base, disk) {
  return async (input) => {
    const name = String(input).slice(base.length);
    const parts = disk[name].map((piece) => Uint8Array.from(atob(piece), (c) => c.charCodeAt(0)));
    delete disk[name]; // each file is asked for once
    const body = new Blob(parts).stream().pipeThrough(new DecompressionStream("gzip"));
    const ending = /** @type {keyof typeof MIME} */ (name.split(".").pop());
    worker.postMessage({ type: "progress", bytes: 0 });
    return new Response(body, { headers: { "Content-Type": MIME[ending] ?? "application/octet-stream" } });
  };
}
