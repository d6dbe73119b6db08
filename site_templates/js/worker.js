// The worker: starts Python and passes text to it and back. It is a module worker, made from this source by the
// page: over http it fetches the runtime's files; on disk, where fetch is refused, the page hands them over.
// @ts-check
/// <reference lib="webworker" />

/**
 * `sizes` are the bytes of each file; `renew` names files that came damaged before, so that what the browser has of
 * them is not used again; `life` names a lock that the worker holds as long as it lives. From disk, "piece" messages
 * bring the files.
 *
 * @typedef {object} Start
 * @property {"start"} type
 * @property {string} base
 * @property {string[]} core
 * @property {string[]} data
 * @property {boolean} disk
 * @property {Record<string, number>} sizes
 * @property {string[]} renew
 * @property {string} life
 *
 * @typedef {{ type: "call", n: number, method: string, request: string }} Call
 * @typedef {{ type: "piece", name: string, text: string, last: boolean }} Piece
 */

const worker = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const MIME = { mjs: "text/javascript", wasm: "application/wasm", json: "application/json" };

/** @type {any} pycore.live.host.Host, once Python is ready */
let host = null;

worker.onmessage = async ({ data: message }) => {
  try {
    if (message.type === "start") await start(message);
    else if (message.type === "piece") receive(message);
    else worker.postMessage({ type: "reply", n: message.n, text: host[message.method](message.request) });
  } catch (error) {
    fail(error);
  }
};

/**
 * @param {unknown} error
 * @param {string} [file]  which came damaged, or not at all
 */
function fail(error, file) {
  // Of a traceback the last line is for the reader.
  const text = String(error instanceof Error ? error.message : error).trimEnd();
  worker.postMessage({ type: "failed", message: text.split("\n").pop(), file });
}

/** @param {Start} message */
async function start({ base, core, data, disk, sizes, renew, life }) {
  const plain = fetch;
  // The page asks for this lock too, and gets it when the worker is gone, however that came about.
  const hold = () => new Promise(() => worker.postMessage({ type: "holds" }));
  if (life) navigator.locks.request(life, hold).catch(() => {});
  for (const name of renew)
    await plain(base + name, { cache: "reload" }).then((response) => response.arrayBuffer(), () => {});
  const get = disk ? fromDisk(base) : fromServer(base, sizes);
  worker.fetch = get; // Pyodide fetches with the global function
  /** @param {string} name */
  const bytes = async (name) => new Uint8Array(await (await get(base + name)).arrayBuffer());
  /** @param {string} name */
  const module = async (name) =>
    import(disk ? URL.createObjectURL(new Blob([await bytes(name)], { type: MIME.mjs })) : base + name).catch(() => {
      const error = new Error(`${name} could not be loaded`);
      fail(error, name);
      throw error;
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
 * @param {Record<string, number>} sizes
 * @returns {typeof fetch}
 */
function fromServer(base, sizes) {
  const plain = fetch.bind(worker);
  return async (input, init) => {
    const name = String(input).slice(base.length);
    try {
      const response = await plain(input, init);
      if (!response.ok) throw new Error(`${name} was not found (${response.status})`);
      if (!response.body) return response;
      const counter = count(name, sizes[name]);
      if (!name.endsWith(".wasm")) return new Response(response.body.pipeThrough(counter), response);
      // The wasm goes on untouched, and a copy is counted: the browser keeps compiled code only for the response
      // that it fetched itself.
      response.clone().body?.pipeThrough(counter).pipeTo(new WritableStream()).catch(() => {});
      return response;
    } catch (error) {
      const damaged = init?.integrity ? ", or it came damaged" : "";
      fail(error instanceof TypeError ? new Error(`${name} could not be fetched${damaged}`) : error, name);
      throw error;
    }
  };
}

/**
 * Tell the page of the bytes that come, and fail when they are not as many as they should be.
 *
 * @param {string} name
 * @param {number} size
 * @returns {TransformStream<Uint8Array, Uint8Array>}
 */
function count(name, size) {
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
      fail(error, name);
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
 * @param {string} base
 * @returns {typeof fetch}
 */
function fromDisk(base) {
  return async (input) => {
    const name = String(input).slice(base.length);
    const body = file(name).stream.pipeThrough(new DecompressionStream("gzip"));
    const ending = /** @type {keyof typeof MIME} */ (name.split(".").pop());
    return new Response(body, { headers: { "Content-Type": MIME[ending] ?? "application/octet-stream" } });
  };
}
