// Python on this page: one worker, shared by all figures.
// @ts-check

/**
 * What the build tells the page.
 *
 * @typedef {object} Config
 * @property {string} base          folder of Pyodide and numpy, relative to the page
 * @property {string} own           folder of pycore and its data
 * @property {string} worker        script with the source of the worker
 * @property {string} snapshot      names all that a snapshot of Python's memory depends on
 * @property {[string, string][]} libraries  extension modules of numpy: file, and path in site-packages
 * @property {string} lock          Pyodide's list of packages: empty
 * @property {string} code          script with the panels "show the code"
 * @property {string[]} data        data files that this page's figures read
 * @property {Record<string, [number, number]>} files  bytes of each file, and its number of pieces on disk
 * @property {number} startTimeout  seconds without progress until a start counts as hung
 * @property {number} eventTimeout  seconds that an answer may take
 */

/**
 * The states, as data-python on the root element tells them:
 *
 *     idle ──start──▶ starting ──▶ ready
 *                      │    ▲        │
 *        error, no progress  start   crash, no answer
 *                      ▼    │        │
 *                     failed ◀───────┘
 *
 * Fires "change" at each step; while starting, also "progress".
 */
class Python extends EventTarget {
  /** @type {"idle" | "starting" | "ready" | "failed"} */
  state = "idle";
  /** Why it failed, in words. */
  reason = "";
  /** Bytes that have come, and bytes expected. */
  loaded = 0;
  total = 0;
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<number, { resolve: (text: string) => void, reject: (error: Error) => void }>} */
  #pending = new Map();
  #calls = 0;
  /** Counts starts, so that one that was given up cannot go on. */
  #run = 0;
  #timer = 0;

  /** @param {Config} config */
  constructor(config) {
    super();
    this.config = config;
    this.#become("idle");
  }

  /** Start, or start again after a failure. */
  async start() {
    if (this.state === "starting" || this.state === "ready") return;
    performance.mark("python:start");
    const { base, own, worker, snapshot, libraries, lock, data, files } = this.config;
    this.loaded = 0;
    // Code goes to the browser's compiler untouched, so its bytes are not seen coming; archives may never come.
    const seen = Object.entries(files).filter(([name]) => !/\.(wasm|mjs|zip)$/.test(name));
    this.total = seen.reduce((sum, [, [bytes]]) => sum + bytes, 0);
    this.#become("starting");
    this.#watch(this.config.startTimeout, "Python took too long to load");
    const run = ++this.#run;
    try {
      const disk = location.protocol === "file:" ? await readFromDisk(files, () => this.#progress(0)) : null;
      await runScript(worker);
      if (run !== this.#run) return; // it was given up while the disk was read
      const source = disk
        ? `data:text/javascript;charset=utf-8,${encodeURIComponent(WORKER_SOURCE)}`
        : URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" }));
      this.#worker = new Worker(source, { type: "module", name: "python" });
      if (!disk) URL.revokeObjectURL(source);
      this.#worker.onmessage = ({ data: message }) => this.#receive(message);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        this.#fail(event.message || "the worker that runs Python could not be started");
      };
      this.#worker.postMessage({
        type: "start",
        base: disk ? "https://disk.invalid/" : new URL(base, document.baseURI).href,
        own: disk ? "https://disk.invalid/" : new URL(own, document.baseURI).href,
        snapshot,
        libraries,
        lock,
        data,
        disk,
      });
    } catch (error) {
      if (run === this.#run) this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * Start if need be, and wait until Python is ready; rejected when it fails.
   *
   * @returns {Promise<void>}
   */
  wanted() {
    this.start();
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.state === "ready") resolve();
        else if (this.state === "failed") reject(new Error(this.reason));
        else return;
        this.removeEventListener("change", look);
      };
      this.addEventListener("change", look);
      look();
    });
  }

  /**
   * Call a method of pycore.live.host.Host.
   *
   * @param {"mount" | "send" | "edit"} method
   * @param {object} request
   * @returns {Promise<any>}
   */
  call(method, request) {
    if (!this.#worker || this.state !== "ready") return Promise.reject(new Error("Python is not ready"));
    const n = ++this.#calls;
    this.#worker.postMessage({ type: "call", n, method, request: JSON.stringify(request) });
    if (this.#pending.size === 0) this.#watch(this.config.eventTimeout, "Python took too long to answer");
    return new Promise((resolve, reject) => this.#pending.set(n, { resolve, reject })).then(JSON.parse);
  }

  /** @param {{ type: string, n: number, text: string, bytes: number, message: string, snapshot: boolean }} message */
  #receive(message) {
    if (message.type === "progress") {
      this.#progress(message.bytes);
    } else if (message.type === "ready") {
      clearTimeout(this.#timer);
      performance.mark("python:ready", { detail: { snapshot: message.snapshot } });
      performance.measure("python:start→python:ready", "python:start", "python:ready");
      this.#become("ready");
    } else if (message.type === "reply") {
      clearTimeout(this.#timer);
      this.#pending.get(message.n)?.resolve(message.text);
      this.#pending.delete(message.n);
      if (this.#pending.size) this.#watch(this.config.eventTimeout, "Python took too long to answer");
    } else {
      this.#fail(message.message);
    }
  }

  /** @param {number} bytes */
  #progress(bytes) {
    if (this.state !== "starting") return;
    this.loaded += bytes;
    this.#watch(this.config.startTimeout, "Python took too long to load");
    this.dispatchEvent(new Event("progress"));
  }

  /**
   * @param {number} seconds
   * @param {string} reason
   */
  #watch(seconds, reason) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail(reason), seconds * 1000);
  }

  /** @param {string} reason */
  #fail(reason) {
    if (this.state === "failed") return;
    this.#run++;
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.reason = reason;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    this.#become("failed");
    // The oldest call is the one that Python did not come back from; those behind it may be made again.
    waiting.forEach(({ reject }, i) => reject(new Error(reason, { cause: i === 0 ? "in hand" : "waiting" })));
  }

  /** @param {"idle" | "starting" | "ready" | "failed"} state */
  #become(state) {
    this.state = state;
    document.documentElement.dataset.python = state;
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * Read the runtime's files from disk, through classic scripts that each call pyDisk with a piece of text.
 *
 * @param {Record<string, [number, number]>} files
 * @param {() => void} progress
 * @returns {Promise<Record<string, string[]>>}
 */
async function readFromDisk(files, progress) {
  /** @type {Record<string, string[]>} */
  const read = {};
  Object.assign(window, {
    pyDisk: (/** @type {string} */ name, /** @type {number} */ i, /** @type {string} */ piece) => {
      (read[name] ??= [])[i] = piece;
    },
  });
  for (const [name, [, pieces]] of Object.entries(files)) {
    for (let i = 0; i < pieces; i++) {
      await runScript(`disk/${name}.${i}.js`);
      progress();
    }
  }
  return read;
}

/**
 * @param {string} source
 * @returns {Promise<void>}
 */
function runScript(source) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(script.remove());
    script.onerror = () => reject(new Error(`${source} could not be read`));
    document.head.append(script);
  });
}
