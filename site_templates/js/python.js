// Python on this page: one worker, shared by all figures.
// @ts-check

/**
 * What the build tells the page.
 *
 * @typedef {object} Config
 * @property {string} base          folder of Pyodide and numpy, relative to the page
 * @property {string} code          script with the panels "show the code"
 * @property {string} claims        script with the claims of the lesson's prose; empty when there are none
 * @property {string} own           folder of pycore and its data
 * @property {string} take          script that saves a figure
 * @property {string} wheel         pycore for programs of the reader's own, relative to the site
 * @property {string} start         script with what only a start of Python needs: it calls pyStart
 * @property {string} snapshot      names all that a snapshot of Python's memory depends on
 * @property {string[]} data        data files that this page's figures read, each when it is first drawn
 * @property {Record<string, [string, boolean]>} stores  of figures: the file of the store, and whether it is complete
 * @property {Record<string, Demanded>} [demand]  sets of files on demand that the page's figures name
 * @property {string} demandScript  the script that loads them; empty when there are none
 * @property {number} startTimeout  seconds without progress until a start counts as hung
 * @property {number} eventTimeout  seconds that an answer may take
 *
 * What a start needs besides: the page is read before Python is wanted, so it is not told of these with the page.
 *
 * @typedef {Needed & { Files: typeof Files, SnapshotShelf: typeof SnapshotShelf, launch: typeof launch }} Start
 */

const BEAT = 1; // seconds between two looks at the clock
const GONE = 5; // seconds within which a living worker says that it has heard of a call
const LIVES = 3; // losses without any answer between them, after which a reader has to start Python
const KEEP_AFTER = 3000; // milliseconds without anything to answer: the reader's moves come first
const TRIES = 3; // starts that may fail after the network has come back
const SOON = 1000; // milliseconds between them
const CANNOT = /* say */ "This browser cannot run Python here: it is an older one, or it is set not to";
const NO_START = /* say */ "Python could not be started in this browser";
const ENDED = /* say */ "Python ended unexpectedly";
const NO_MEMORY = /* say */ "This device has too little free memory to run Python here";

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
  /** @type {ArrayBuffer | null} What held a piece that Python has by now. */
  spare = null;
  /** Why it failed, in words. */
  reason = "";
  /** Bytes that have come, and bytes expected. */
  loaded = 0;
  total = 0;
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<number, { resolve: (text: string) => void, reject: (error: Error) => void, seconds: number }>} */
  #pending = new Map();
  #calls = 0;
  /** The call that Python is busy with. */
  #inHand = 0;
  /** Counts starts, so that one that was given up cannot go on. */
  #run = 0;
  #timer = 0;
  #lives = LIVES;
  /** Memory ran out: only a reader's "Try again" starts it once more. */
  #spent = false;
  /** Once it has come. @type {Start | null} */
  #start = null;
  /** @type {SnapshotShelf | null} */
  #shelf = null;
  /** The files of this start. @type {Files | null} */
  #files = null;
  /** Files that Python has been given, or is being given. @type {Map<string, Promise<void>>} */
  #given = new Map();
  /** Whether a snapshot is awaited: Python has run nothing but pycore yet. */
  #wish = false;
  /** When something last was to be answered. */
  #asked = 0;
  /** Files that came damaged: the next start asks the network for them, and not the browser's memory. */
  #damaged = /** @type {Set<string>} */ (new Set());
  /** Starts to be made by itself: a network is told to be back before the first request comes through. */
  #tries = 0;

  /** @param {Config} config */
  constructor(config) {
    super();
    this.config = config;
    this.#become("idle");
    window.addEventListener("online", () => {
      this.#tries = TRIES;
      this.#comeBack();
    });
  }

  /** Where the files lie that this page's Python may ask for; none are known before it was started. */
  get addresses() {
    const files = Object.entries(this.#start?.files ?? {});
    // Python's own files lie in no folder.
    const own = files.filter(([name]) => !name.includes("/") || this.config.data.includes(name));
    return own.map(([name, [, , folder]]) => new URL(folder + name, document.baseURI).href);
  }

  /**
   * Start, or start again after a failure.
   *
   * @param {boolean} again  the reader asks for it in so many words
   */
  async start(again = false) {
    if (this.state === "starting" || this.state === "ready" || (this.#spent && !again)) return;
    if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function") return this.#fail(CANNOT);
    this.#spent = false;
    performance.mark("python:start");
    const run = ++this.#run;
    this.loaded = 0;
    this.#given.clear();
    this.#become("starting");
    this.#watch(this.config.startTimeout, /* say */ "Python took too long to load");
    try {
      const start = (this.#start ??= /** @type {Start} */ (await bring(this.config.start, "pyStart", runScript)));
      if (run === this.#run) await this.#launch(run, start);
    } catch (error) {
      if (run !== this.#run) return; // it was given up meanwhile
      if (error instanceof Error && "file" in error) this.#miss(String(error.file), error.message);
      else this.#crash(error);
    }
  }

  /**
   * Have all that is needed asked for, and hand it to the worker.
   *
   * @param {number} run
   * @param {Start} start
   */
  async #launch(run, start) {
    const files = new start.Files(start.files, (bytes) => run === this.#run && this.#progress(bytes), this.#damaged);
    this.#files = files;
    const { own, snapshot } = this.config;
    this.#shelf ??= new start.SnapshotShelf(SITE, new URL(own, document.baseURI).href + snapshot);
    const { total, address, told } = start.launch(start, files, this.#shelf);
    this.total = total;
    const source = await address;
    if (run !== this.#run) return;
    const worker = this.#hire(source);
    const { message, transfer } = await told;
    if (run === this.#run) worker.postMessage(message, transfer);
  }

  /**
   * Start a worker. What it says counts as long as it is the one in service.
   *
   * @param {string} address
   */
  #hire(address) {
    const worker = new Worker(address, { type: "module", name: "python" });
    this.#worker = worker;
    const mine = (/** @type {(event: any) => void} */ act) => (/** @type {Event} */ event) => {
      event.preventDefault();
      if (worker === this.#worker) act(event);
    };
    worker.onmessage = mine(({ data }) => this.#receive(data));
    worker.onmessageerror = mine(() => this.#crash("a message could not be read"));
    worker.onerror = mine(({ message }) => this.#crash(message));
    return worker;
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
   * Call a method of pycore.live.host.Host. When Python lacks a part of its library for that, it is brought, and the
   * call is made again.
   *
   * @param {"mount" | "send" | "edit" | "claim" | "demand"} method
   * @param {object} request
   * @param {string[]} [needs]  data files that must be there first; all, for a mount that does not say
   * @param {number} [seconds]  that it may take
   * @returns {Promise<any>}
   */
  async call(method, request, needs = method === "mount" ? this.config.data : [], seconds = this.config.eventTimeout) {
    if (this.state !== "ready") throw new Error(/* say */ "Python is not ready");
    const run = this.#run;
    for (const name of needs) {
      const missing = await this.#give(name);
      if (run !== this.#run) throw new Error(this.reason, { cause: "waiting" });
      if (missing) return { missing };
    }
    /** @type {Record<string, string>} Why archives did not come, by name. */
    const refused = {};
    for (;;) {
      const reply = await this.#ask(method, request, refused, seconds);
      if (!reply.lacks) return reply;
      const missing = await this.#give(reply.lacks);
      if (run !== this.#run) throw new Error(this.reason, { cause: "waiting" });
      if (missing) refused[reply.lacks] = missing;
    }
  }

  /**
   * Give Python a file, unless it has it.
   *
   * @param {string} name
   * @returns {Promise<string>}  why that could not be done; else empty
   */
  async #give(name) {
    const [files, worker] = [this.#files, this.#worker];
    const bring = async () => {
      const bytes = await /** @type {Files} */ (files).bytes(name);
      worker?.postMessage({ type: "file", name, bytes }, [bytes.buffer]);
    };
    try {
      if (!this.#given.has(name)) this.#given.set(name, bring());
      await this.#given.get(name);
      return "";
    } catch (error) {
      if (files !== this.#files) return "";
      this.#given.delete(name); // the next wish asks for it again
      files?.renew.add(name);
      return error instanceof Error ? error.message : String(error);
    }
  }

  /**
   * Hand Python a piece of a file on demand (demand.js), without waiting. `spare` has what held it when it is written.
   *
   * @param {string} name
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {number} at  where it begins
   */
  hand(name, bytes, at) {
    this.#worker?.postMessage({ type: "file", name, bytes, at }, [bytes.buffer]);
  }

  /**
   * @param {string} method
   * @param {object} request
   * @param {Record<string, string>} refused
   * @param {number} seconds
   * @returns {Promise<any>}
   */
  #ask(method, request, refused, seconds) {
    const n = ++this.#calls;
    const texts = { request: JSON.stringify(request), refused: JSON.stringify(refused) };
    this.#worker?.postMessage({ type: "call", n, method, ...texts });
    this.#asked = performance.now();
    if (this.#pending.size === 0) this.#watch(GONE, ENDED);
    return new Promise((resolve, reject) => this.#pending.set(n, { resolve, reject, seconds })).then((text) =>
      this.#heed(text),
    );
  }

  /**
   * Hear the worker. A reader's code may speak through it, so what is not awaited does not count.
   *
   * @param {any} message
   */
  #receive({ type, n, text, restored, snapshot, spare, memory, detail }) {
    if (type === "ready" && this.state === "starting") {
      clearInterval(this.#timer);
      this.#damaged.clear();
      this.#tries = 0;
      if (!restored) void this.#shelf?.forget(); // what there was is no good
      this.#wish = Boolean(this.#shelf?.open) && !restored;
      performance.mark("python:ready", { detail: { snapshot: Boolean(restored) } });
      performance.measure("python:start→python:ready", "python:start", "python:ready");
      this.#become("ready");
    } else if (type === "snapshot" && this.#wish) {
      this.#wish = false;
      if (snapshot instanceof Uint8Array) this.#keep(/** @type {Uint8Array<ArrayBuffer>} */ (snapshot));
    } else if (type === "begun" && this.#pending.has(n)) {
      this.#wish = false;
      this.#inHand = n;
      const seconds = this.#pending.get(n)?.seconds ?? this.config.eventTimeout;
      this.#watch(seconds, /* say */ `This code ran for more than ${seconds} seconds, so it was stopped`);
    } else if (type === "reply" && this.#pending.has(n) && typeof text === "string") {
      clearInterval(this.#timer);
      this.#lives = LIVES;
      this.#inHand = 0;
      this.#pending.get(n)?.resolve(text);
      this.#pending.delete(n);
      if (this.#pending.size) this.#watch(GONE, ENDED);
    } else if (type === "written" && spare instanceof ArrayBuffer) {
      this.spare = spare;
    } else if (type === "failed") {
      this.#crash(detail, memory === true);
    }
  }

  /**
   * Keep a snapshot when the reader has been served.
   *
   * @param {Uint8Array<ArrayBuffer>} snapshot
   */
  #keep(snapshot) {
    const timer = setInterval(() => {
      if (this.#pending.size || performance.now() - this.#asked < KEEP_AFTER) return;
      clearInterval(timer);
      this.#shelf?.keep(snapshot).catch(() => {}); // there is no room: the next visit starts as this one did
    }, KEEP_AFTER);
  }

  /**
   * A file did not come, or came damaged.
   *
   * @param {string} file
   * @param {string} reason
   */
  #miss(file, reason) {
    this.#damaged.add(file);
    miss(file);
    const away = /* say */ "There is no network, and Python is not on this device yet. It starts by itself when the network is back";
    this.#lose(navigator.onLine ? reason : away);
    if (navigator.onLine && this.#tries-- > 0) setTimeout(() => this.#comeBack(), SOON);
  }

  /** Start, if it was the network that did not let it. */
  #comeBack() {
    if (this.state === "failed" && this.#damaged.size) this.start();
  }

  /** @param {number} bytes */
  #progress(bytes) {
    if (this.state !== "starting") return;
    this.loaded += bytes;
    this.#watch(this.config.startTimeout, /* say */ "Python took too long to load");
    this.dispatchEvent(new Event("progress"));
  }

  /**
   * Read a reply. It may say that a reader's code broke this Python for good: then another one takes over.
   *
   * @param {string} text
   */
  #heed(text) {
    const reply = JSON.parse(text);
    if (reply.restart) this.#lose(/* say */ `Python is started anew, since ${reply.restart}`);
    return reply;
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

  /**
   * Tell in plain words what happened; what the browser says of it is for the console.
   *
   * @param {unknown} detail
   * @param {boolean} memory  there is not enough of it: another Python would have no more
   */
  #crash(detail, memory = false) {
    console.warn("Python:", detail);
    this.#spent = memory;
    if (memory) this.#fail(NO_MEMORY);
    else this.#lose(this.state === "ready" ? ENDED : NO_START);
  }

  /** @param {string} reason */
  #fail(reason) {
    if (this.state === "failed") return;
    this.#run++;
    clearInterval(this.#timer);
    this.#files?.stop();
    this.#worker?.terminate();
    this.#worker = null;
    this.#wish = false;
    this.reason = reason;
    const waiting = [...this.#pending];
    const inHand = this.#inHand;
    this.#pending.clear();
    this.#inHand = 0;
    this.#become("failed");
    // One call is what Python did not come back from; the others may be made again.
    for (const [n, { reject }] of waiting) reject(new Error(reason, { cause: n === inHand ? "in hand" : "waiting" }));
  }

  /** @param {"idle" | "starting" | "ready" | "failed"} state */
  #become(state) {
    this.state = state;
    document.documentElement.dataset.python = state;
    this.dispatchEvent(new Event("change"));
  }
}
