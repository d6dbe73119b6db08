// Python on this page: one worker, shared by all figures.
// @ts-check

/**
 * What the build tells the page.
 *
 * @typedef {object} Config
 * @property {string} base          folder of Pyodide and numpy, relative to the page
 * @property {string} code          script with the panels "show the code"
 * @property {string} own           folder of pycore and its data
 * @property {string} worker        script with the source of the worker
 * @property {string} snapshot      names all that a snapshot of Python's memory depends on
 * @property {[string, string][]} libraries  extension modules of numpy: file, and path in site-packages
 * @property {string} lock          Pyodide's list of packages: empty
 * @property {string[]} data        data files that this page's figures read, each when it is first drawn
 * @property {Record<string, [string, boolean]>} stores  of figures: the file of the store, and whether it is complete
 * @property {Record<string, [number, number, string]>} files  bytes of each file, its number of pieces on disk, its folder
 * @property {number} startTimeout  seconds without progress until a start counts as hung
 * @property {number} eventTimeout  seconds that an answer may take
 */

const DISK = "https://disk.invalid/"; // where files seem to be that are read from disk
const BEAT = 1; // seconds between two looks at the clock
const LIVES = 3; // losses without any answer between them, after which a reader has to start Python

/**
 * The states, as data-python on the root element tells them:
 *
 *     idle ──start──▶ starting ──▶ ready
 *                      │    ▲        │
 *        error, no progress  start   crash, no answer
 *                      ▼    │        │
 *                     failed ◀───────┘
 *
 * Fires "change" at each step; while starting, also "progress". A Python that was ready and is lost is replaced at
 * once, and one that the network did not bring is tried again when the network is back; else a reader starts it.
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
  #lives = LIVES;
  /** Name of a lock that the worker holds as long as it lives. */
  #life = "";
  /** Files that came damaged: the next start asks the network for them, and not the browser's memory. */
  #damaged = /** @type {Set<string>} */ (new Set());

  /** @param {Config} config */
  constructor(config) {
    super();
    this.config = config;
    this.#become("idle");
    window.addEventListener("online", () => {
      if (this.state === "failed" && this.#damaged.size) this.start();
    });
  }

  /**
   * Where one of the runtime's files lies.
   *
   * @param {string} name
   */
  addressOf(name) {
    return new URL(this.config.files[name][2] + name, document.baseURI).href;
  }

  /** Start, or start again after a failure. */
  async start() {
    if (this.state === "starting" || this.state === "ready") return;
    performance.mark("python:start");
    const { base, own, worker: source, snapshot, libraries, lock, data, files, startTimeout } = this.config;
    const disk = location.protocol === "file:";
    const sizes = Object.fromEntries(Object.entries(files).map(([name, [bytes]]) => [name, bytes]));
    const run = ++this.#run;
    this.#life = disk || !navigator.locks ? "" : `python ${run} ${Math.random()}`;
    this.loaded = 0;
    // Over http the browser imports modules itself, and archives and data come when they are asked for.
    const seen = Object.keys(sizes).filter((name) => disk || !(/\.(mjs|zip)$/.test(name) || data.includes(name)));
    this.total = seen.reduce((sum, name) => sum + sizes[name], 0);
    this.#become("starting");
    this.#watch(startTimeout, "Python took too long to load");
    try {
      await runScript(source).catch((error) => run === this.#run && this.#miss("", error.message));
      if (run !== this.#run) return; // it was given up meanwhile
      const address = disk
        ? `data:text/javascript;charset=utf-8,${encodeURIComponent(WORKER_SOURCE)}`
        : URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" }));
      const worker = new Worker(address, { type: "module", name: "python" });
      this.#worker = worker;
      if (!disk) URL.revokeObjectURL(address);
      worker.onmessage = ({ data: message }) => this.#receive(message);
      worker.onmessageerror = () => this.#lose("An answer of Python could not be read");
      worker.onerror = (event) => {
        event.preventDefault();
        this.#crash(event.message || "the worker that runs Python could not be started");
      };
      worker.postMessage({
        type: "start",
        base: disk ? DISK : new URL(base, document.baseURI).href,
        addresses: Object.fromEntries(Object.keys(files).map((name) => [name, disk ? DISK + name : this.addressOf(name)])),
        snapshot: new URL(own, document.baseURI).href + snapshot,
        libraries,
        lock,
        data,
        disk,
        sizes,
        renew: disk ? [] : [...this.#damaged].filter(Boolean),
        life: this.#life,
      });
      if (disk) await readFromDisk(files, (piece, bytes) => run === this.#run && this.#pass(piece, bytes));
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
   * @param {string[]} [needs]  data files that must be there first; all, for a mount that does not say
   * @returns {Promise<any>}
   */
  call(method, request, needs = method === "mount" ? this.config.data : []) {
    if (!this.#worker || this.state !== "ready") return Promise.reject(new Error("Python is not ready"));
    const n = ++this.#calls;
    this.#worker.postMessage({ type: "call", n, method, request: JSON.stringify(request), needs });
    if (this.#pending.size === 0) this.#await();
    return new Promise((resolve, reject) => this.#pending.set(n, { resolve, reject })).then(JSON.parse);
  }

  /** @param {{ type: string, n: number, text: string, bytes: number, message: string, snapshot: boolean, file?: string }} message */
  #receive(message) {
    if (message.type === "progress") {
      this.#progress(message.bytes);
    } else if (message.type === "holds") {
      const run = this.#run;
      const gone = () => void (run === this.#run && this.#lose("Python ended unexpectedly"));
      navigator.locks.request(this.#life, gone).catch(() => {});
    } else if (message.type === "ready") {
      clearInterval(this.#timer);
      this.#damaged.clear();
      performance.mark("python:ready", { detail: { snapshot: message.snapshot } });
      performance.measure("python:start→python:ready", "python:start", "python:ready");
      this.#become("ready");
    } else if (message.type === "reply") {
      clearInterval(this.#timer);
      this.#lives = LIVES;
      this.#pending.get(message.n)?.resolve(message.text);
      this.#pending.delete(message.n);
      if (this.#pending.size) this.#await();
    } else if (message.file) {
      this.#miss(message.file, message.message);
    } else {
      this.#crash(message.message);
    }
  }

  /**
   * A file did not come, or came damaged.
   *
   * @param {string} file  empty for the worker's own script
   * @param {string} reason
   */
  #miss(file, reason) {
    this.#damaged.add(file);
    const away = "There is no network, and Python is not on this device yet. It starts by itself when the network is back";
    this.#lose(navigator.onLine ? reason : away);
  }

  /**
   * Hand a piece of a file to the worker at once, so that no great load gathers on the page.
   *
   * @param {{ name: string, text: string, last: boolean }} piece
   * @param {number} bytes
   */
  #pass(piece, bytes) {
    this.#worker?.postMessage({ type: "piece", ...piece });
    this.#progress(bytes);
    return this.state === "starting";
  }

  /** @param {number} bytes */
  #progress(bytes) {
    if (this.state === "ready" && this.#pending.size) this.#await(); // data is on its way
    if (this.state !== "starting") return;
    this.loaded += bytes;
    this.#watch(this.config.startTimeout, "Python took too long to load");
    this.dispatchEvent(new Event("progress"));
  }

  #await() {
    const { eventTimeout } = this.config;
    this.#watch(eventTimeout, `This code ran for more than ${eventTimeout} seconds, so it was stopped`);
  }

  /**
   * @param {number} seconds
   * @param {string} reason
   */
  #watch(seconds, reason) {
    clearInterval(this.#timer);
    let last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      // A beat that comes late tells of a tab that was asleep, and Python with it: that time does not count.
      seconds -= Math.min((now - last) / 1000, 2 * BEAT);
      last = now;
      if (seconds <= 0) this.#lose(reason);
    }, BEAT * 1000);
  }

  /**
   * Fail, and start anew if it had been ready.
   *
   * @param {string} reason
   */
  #lose(reason) {
    const again = this.state === "ready" && --this.#lives >= 0;
    this.#fail(reason);
    if (again) this.start();
  }

  /** @param {string} error */
  #crash(error) {
    this.#lose(this.state === "ready" ? `Python ended unexpectedly (${error})` : error);
  }

  /** @param {string} reason */
  #fail(reason) {
    if (this.state === "failed") return;
    this.#run++;
    clearInterval(this.#timer);
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
 * @param {Config["files"]} files
 * @param {(piece: { name: string, text: string, last: boolean }, bytes: number) => boolean} pass  false stops
 */
async function readFromDisk(files, pass) {
  /** @type {string | null} */
  let text = null;
  Object.assign(window, { pyDisk: (/** @type {[string, number, string]} */ ...[, , piece]) => (text = piece) });
  for (const [name, [bytes, pieces]] of Object.entries(files)) {
    for (let i = 0; i < pieces; i++) {
      await runScript(`disk/${name}.${i}.js`);
      if (text === null) throw new Error(`disk/${name}.${i}.js is damaged`);
      if (!pass({ name, text, last: i === pieces - 1 }, bytes / pieces)) return;
      text = null;
    }
  }
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
