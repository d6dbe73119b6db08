// Files on demand: what is too large to come by itself is fetched when the reader presses for it, in pieces, each
// checked by its hash. A piece that has come is kept on the device, where the service worker keeps files (sw.js) and
// under the same name, so it is fetched once: not again after a break, by another page, on a later visit, or by a newer
// version that has it too. Pieces go straight to Python, which alone holds them.
//
// This script comes when such a figure comes near the window (figure.js); sitegen/demand.py writes the pieces.
// @ts-check

/**
 * @typedef {[bytes: number, sha256: string, script: string]} Piece  what it holds, its hash in base64, and the hash of
 *     the script that carries it, in hex
 * @typedef {{ title: string, memory: number, bytes: number, index: Piece | null }} Demanded  `index` lists the pieces
 *     of each file; null in a build without the set. `memory` is what figures take beside the files, in bytes
 */

// The site's scripts have a scope of their own.
{
  const PyFigure = /** @type {any} */ (customElements.get("py-figure"));
  const python = /** @type {Python} */ (PyFigure.python);
  const HOME = new URL("./", location.href).href;
  const DISK = location.protocol === "file:";
  const CACHE = `course at ${HOME}`; // as in sw.js
  const NEAR = "400px";
  const SMALL = 64e6; // bytes in memory; a set that has more is not given to Python without a press
  const LARGE = 100e6; // bytes in memory that a reader is told of
  const MEANT = 700; // milliseconds after a change within which a press was meant for what there was before
  const CONTROLS = /** @type {Record<string, string>} */ ({ loading: "stop-model", ready: "remove-model" });
  // How a piece is written: sitegen/demand.py.
  const CALL = "\ufeffpyPiece(".length;
  const HEAD = "() => {/*".length;
  const STAR = "*".charCodeAt(0);
  const TURNED = 0x8000;
  const MORE = 50; // characters around the piece, at most
  const AWAY = /* say */ "The network went away";
  const BROKEN = /* say */ "The network broke off";
  const PAUSE = 2000; // milliseconds between two tries

  /** What ends loading, in words for the reader. */
  class Ending extends Error {
    /** @param {"failed" | "refused"} state  @param {string} words */
    constructor(state, words) {
      super(words);
      this.state = state;
    }
  }

  /**
   * One set of files, for all figures of the page that name it. Its state, as data-model-state tells:
   *
   *     absent ──press──▶ loading ──▶ ready
   *        ▲                │ │ │       │
   *        ├──── stopped ───┘ │ └───────│──▶ failed, refused ──press──▶ loading
   *        └── Python ended ──┴─────────┘    then, or when Python is back, loading goes on
   */
  class Demand {
    /** @type {"absent" | "loading" | "ready" | "failed" | "refused"} */
    state = "absent";
    /** What the reader must know first. */
    #why = "";
    /** Bytes that have come since the press; null while Python is awaited. @type {number | null} */
    #come = null;
    /** Bytes of the pieces on this device. */
    #kept = 0;
    /** Whether pieces could be kept. */
    #keeps = !DISK && "caches" in window;
    #stop = new AbortController();
    /** Loading goes on when Python is there: it ended, and what it held with it. */
    #again = false;
    #near = false;
    /** When its state last changed. */
    #since = 0;
    /** @type {Promise<Record<string, Piece[]>> | null} */
    #index = null;
    /** Where scripts are read, one after the other. */
    #script = new ArrayBuffer(0);

    /**
     * @param {string} name
     * @param {Demanded} told
     * @param {any[]} figures
     */
    constructor(name, told, figures) {
      this.name = name;
      this.told = told;
      this.figures = figures;
      this.#draw();
      if (!told.index) return;
      for (const figure of figures) figure.querySelector(".demand button").addEventListener("click", () => this.#press());
      python.addEventListener("change", () => this.#hear());
      addEventListener("online", () => this.#why.startsWith(AWAY) && void this.#comeBack());
      const observer = new IntersectionObserver(
        (entries) => {
          if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
          observer.disconnect();
          this.#near = true;
          void this.#look().then(() => this.#hear());
        },
        { rootMargin: NEAR },
      );
      for (const figure of figures) observer.observe(figure);
      if (recall(this.#left)) void this.load(); // an older version of this page was loading it
    }

    /** What an older page leaves to the newer one that takes its place. */
    get #left() {
      return `${new URL(HOME).pathname} demand ${this.name}`;
    }

    #press() {
      if (this.state === "loading") this.#stop.abort();
      else if (this.state !== "ready") void this.load();
      else if (performance.now() - this.#since > MEANT) void this.#remove();
    }

    /** Free the device; Python has it as long as the page is open. */
    async #remove() {
      const cache = await caches.open(CACHE).catch(() => null);
      const ours = (/** @type {Request} */ { url }) => url.startsWith(`${HOME}kept/`) && url.split("/").pop()?.startsWith(`${this.name}.`);
      for (const key of (await cache?.keys())?.filter(ours) ?? []) await cache?.delete(key);
      this.#keeps = false;
      this.#kept = 0;
      this.#draw();
    }

    #hear() {
      const { state } = python;
      if (state === "failed" && this.state === "ready") {
        this.#again = true;
        this.#become("absent");
      } else if (state === "failed" && this.#come !== null) {
        this.#again = true;
        this.#stop.abort();
      } else if (state === "ready" && (this.#again || this.#atOnce)) void this.load();
    }

    /** Whether it is small and on this device: then Python has it as soon as it is there itself. */
    get #atOnce() {
      const { bytes, memory } = this.told;
      return this.#near && this.state === "absent" && !this.#why && this.#kept >= bytes && bytes + memory <= SMALL;
    }

    /** See what is on this device from an earlier visit. */
    async #look() {
      try {
        const keys = new Set((await (await caches.open(CACHE)).keys()).map(({ url }) => url));
        const { index } = this.told;
        if (DISK || !index || !keys.has(keyOf(this.name, index))) return;
        const pieces = Object.values(await this.#list()).flat();
        this.#kept = sum(pieces.filter((piece) => keys.has(keyOf(this.name, piece))));
        this.#draw();
      } catch {
        // Storage is off: as if there were nothing.
      }
    }

    /** The pieces of each file. */
    #list() {
      const index = /** @type {Piece} */ (this.told.index);
      this.#index ??= this.#bring(index, new AbortController().signal, () => {}).then((bytes) => JSON.parse(new TextDecoder().decode(bytes)));
      this.#index.catch(() => (this.#index = null));
      return this.#index;
    }

    /** The network is back; what is asked for first may still fail. */
    async #comeBack() {
      for (let left = 3; left > 0; left--) {
        await this.load();
        if (!this.#why.startsWith(BROKEN)) return;
        await new Promise((done) => setTimeout(done, PAUSE));
      }
    }

    /** Load what is not here, and give it to Python. */
    async load() {
      if (this.state === "loading" || this.state === "ready") return;
      const { signal } = (this.#stop = new AbortController());
      this.#again = false;
      this.#why = "";
      this.#come = null;
      this.#become("loading");
      try {
        const there = python.wanted().catch(({ message }) => {
          throw new Ending("failed", message);
        });
        await unless(signal, there);
        this.#progress(0);
        await this.#fill(signal);
        this.#become("ready");
        for (const figure of this.figures) figure.remake(true);
      } catch (error) {
        if (signal.aborted && !this.#again) this.#why = /* say */ "Stopped. ";
        else if (!signal.aborted) this.#why = `${error instanceof Error ? error.message : error}. `;
        this.#come = null;
        this.#become(signal.aborted ? "absent" : error instanceof Ending ? error.state : "failed");
        if (python.state !== "ready") return;
        if (this.#again) void this.load();
        else python.call("demand", { name: this.name }).catch(() => {}); // its memory is free again
      } finally {
        this.#script = new ArrayBuffer(0);
        python.spare = null;
      }
    }

    /** @param {AbortSignal} signal */
    async #fill(signal) {
      const { name } = this;
      const files = Object.entries(await unless(signal, this.#list()));
      const sizes = Object.fromEntries(files.map(([file, pieces]) => [file, sum(pieces)]));
      const { refused } = await python.call("demand", { name, sizes, memory: this.told.memory });
      if (refused) throw new Ending("refused", refused);
      let done = 0;
      for (const [file, pieces] of files) {
        let at = 0;
        for (const piece of pieces) {
          const progress = (/** @type {number} */ bytes) => this.#progress(done + Math.min(bytes, piece[0]));
          const bytes = await this.#bring(piece, signal, progress);
          signal.throwIfAborted();
          python.hand(`${name}/${file}`, bytes, at);
          at += piece[0];
          done += piece[0];
          if (this.#keeps) this.#kept = Math.max(this.#kept, done);
          this.#progress(done);
        }
      }
      await python.call("demand", { name, whole: true });
      signal.throwIfAborted();
    }

    /** @param {number} bytes */
    #progress(bytes) {
      this.#come = bytes;
      this.#draw();
    }

    // ---------------------------------------------------------------- a piece

    /**
     * @param {Piece} piece
     * @param {AbortSignal} signal
     * @param {(bytes: number) => void} progress
     * @returns {Promise<Uint8Array<ArrayBuffer>>}
     */
    async #bring(piece, signal, progress) {
      const address = addressOf(this.name, piece);
      if (DISK) return checked(piece, await fromDisk(piece, address));
      const key = keyOf(this.name, piece);
      // Two pages that load at once fetch a piece once: the other waits, and finds it.
      return navigator.locks ? navigator.locks.request(key, { signal }, () => this.#take(piece, key, signal, progress)) : this.#take(piece, key, signal, progress);
    }

    /**
     * Take a piece from this device, or else from the network.
     *
     * @param {Piece} piece
     * @param {string} key
     * @param {AbortSignal} signal
     * @param {(bytes: number) => void} progress
     */
    async #take(piece, key, signal, progress) {
      const shelf = this.#keeps ? await caches.open(CACHE).catch(() => null) : null;
      this.#keeps = shelf !== null;
      const kept = await shelf?.match(key).catch(() => undefined);
      // What anyone may have written there is used only if it is what the build made.
      if (kept) {
        const bytes = await this.#read(kept, piece, () => {})
          .then((script) => checked(piece, cutOut(piece, script)))
          .catch(() => null);
        if (bytes) return bytes;
        await shelf?.delete(key);
      }
      const address = addressOf(this.name, piece);
      let script = await this.#fetch(address, piece, "default", signal, progress);
      let bytes = await checked(piece, cutOut(piece, script)).catch(() => null);
      if (!bytes) {
        script = await this.#fetch(address, piece, "reload", signal, progress); // not what the browser has of it
        bytes = await checked(piece, cutOut(piece, script));
      }
      await shelf?.put(key, served(script)).catch(() => (this.#keeps = false)); // no room: it is used all the same
      return bytes;
    }

    /**
     * @param {string} address
     * @param {Piece} piece
     * @param {RequestCache} cache
     * @param {AbortSignal} signal
     * @param {(bytes: number) => void} progress
     */
    async #fetch(address, piece, cache, signal, progress) {
      // Where the page has no digest to check with (plain http from another machine), the browser checks.
      const bytes = (piece[2].match(/../g) ?? []).map((byte) => parseInt(byte, 16));
      const integrity = crypto.subtle ? "" : `sha256-${btoa(String.fromCharCode(...bytes))}`;
      const away = (/** @type {unknown} */ error) => {
        signal.throwIfAborted();
        console.info("on demand:", error);
        throw new Ending("failed", navigator.onLine ? BROKEN : AWAY);
      };
      const response = await fetch(address, { cache, signal, integrity }).catch(away);
      if (!response.ok || !response.body) {
        // A newer version of the site may have taken this one's place: then the page renews itself (version.js).
        leave(this.#left);
        document.dispatchEvent(new CustomEvent("python:missing", { detail: address }));
        throw new Ending("failed", /* say */ `A part of it was not found (${response.status})`);
      }
      return this.#read(response, piece, progress).catch(away);
    }

    /**
     * Read a script to where the last one was: a browser is late to collect what is let go. What is longer than the
     * script of such a piece can be is left, and is not what the build made.
     *
     * @param {Response} response
     * @param {Piece} piece
     * @param {(bytes: number) => void} progress
     */
    async #read({ body }, [size], progress) {
      const most = 2 * (size + MORE);
      if (this.#script.byteLength < most) this.#script = new ArrayBuffer(most);
      const script = new Uint8Array(this.#script);
      let come = 0;
      const reader = /** @type {ReadableStream<Uint8Array>} */ (body).getReader();
      for (let step = await reader.read(); !step.done; step = await reader.read()) {
        if (come + step.value.length > most) {
          await reader.cancel();
          break;
        }
        script.set(step.value, come);
        progress((come += step.value.length));
      }
      return script.subarray(0, come);
    }

    // ---------------------------------------------------------------- what the reader sees

    /** @param {Demand["state"]} state */
    #become(state) {
      this.state = state;
      this.#since = performance.now();
      this.#draw();
      for (const figure of this.figures) {
        const spoken = figure.querySelector(".demand [role=status]");
        spoken.textContent = state === "ready" ? "Loaded." : state === "loading" ? "Loading." : this.#why;
      }
    }

    #draw() {
      const [words, press] = this.#words();
      const part = this.state === "loading" ? (this.#come ?? 0) / this.told.bytes : 0;
      for (const figure of this.figures) {
        figure.dataset.modelState = this.state;
        const box = figure.querySelector(".demand");
        const [text, button] = [box.querySelector("[data-out]"), box.querySelector("button")];
        box.style.setProperty("--part", part.toFixed(3));
        if (text.textContent !== words) text.textContent = words;
        if (!press && document.activeElement === button) text.focus({ preventScroll: true });
        button.hidden = !press;
        button.textContent = press;
        button.dataset.control = CONTROLS[this.state] ?? "load-model";
      }
    }

    /** @returns {[words: string, press: string]} */
    #words() {
      const { title, bytes, memory, index } = this.told;
      const all = megabytes(bytes);
      const part = (/** @type {number} */ some) => `${megabytes(some, bytes).replace(" MB", "")} of ${all}`;
      if (!index) return [`${title}: this copy of the course was built without, so what needs it stays as it is`, ""];
      const needs = bytes + memory > LARGE ? `, and ${megabytes(bytes + memory)} of memory` : "";
      const state = this.state;
      if (state === "ready") return [`${title}: here (${all})${this.#keeps ? "" : ", until this page is closed"}`, this.#keeps ? /* say */ "Remove it" : ""];
      if (state === "loading") return [`${title}: ${this.#come === null ? /* say */ "Python starts first" : part(this.#come)}`, "Stop"];
      if (state === "refused") return [`${this.#why}${title} would take ${megabytes(bytes + memory)}. All else goes on`, /* say */ "Try again"];
      const here = this.#kept >= bytes ? `on this device (${all}${needs})` : this.#kept ? `${part(this.#kept)} are here, and stay` : "";
      if (state === "failed") return [`${this.#why}${title}: ${here || `${all}, not here`}`, "Try again"];
      if (this.#kept >= bytes) return [`${this.#why}${title}: ${here}`, /* say */ "Use it"];
      if (this.#kept) return [`${this.#why}${title}: ${here}`, /* say */ "Go on"];
      return [`${this.#why}${title}: ${all}${needs}, fetched only when you ask`, /* say */ `Load ${all}`];
    }
  }

  /**
   * @param {string} name
   * @param {Piece} piece
   */
  function addressOf(name, [, , script]) {
    return `${HOME}large/${name}.${script.slice(0, 20)}.js`;
  }

  /**
   * Where the service worker keeps it.
   *
   * @param {string} name
   * @param {Piece} piece
   */
  function keyOf(name, [, , script]) {
    const digest = script.slice(0, 20);
    return `${HOME}kept/${digest}/${name}.${digest}.js`;
  }

  /**
   * Wait for what others wait for too, and what a press on "Stop" therefore does not end.
   *
   * @template T
   * @param {AbortSignal} signal
   * @param {Promise<T>} what
   * @returns {Promise<T>}
   */
  function unless(signal, what) {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      what.then(resolve, reject);
    });
  }

  /** @param {Piece[]} pieces */
  function sum(pieces) {
    return pieces.reduce((bytes, [size]) => bytes + size, 0);
  }

  /**
   * @param {number} bytes
   * @param {number} [of]  as exactly as this is told
   */
  function megabytes(bytes, of = bytes) {
    return `${(bytes / 1e6).toFixed(of < 1e5 ? 2 : of < 1e8 ? 1 : 0)} MB`;
  }

  /**
   * The bytes that a piece's function holds as a comment, where those were that Python has read.
   *
   * @param {Piece} piece
   * @param {(i: number) => number} at  the function's text, a character after the other
   */
  function inComment([size], at) {
    const pairs = Math.ceil(size / 2);
    const room = python.spare && python.spare.byteLength >= 2 * pairs ? python.spare : new ArrayBuffer(2 * pairs);
    python.spare = null;
    const content = new Uint16Array(room, 0, pairs);
    for (let i = HEAD, end = 0; end < pairs; i++, end++) {
      content[end] = at(i);
      if (content[end] === STAR) content[end] = at(++i) ^ TURNED;
    }
    return new Uint8Array(room, 0, size);
  }

  /**
   * @param {Piece} piece
   * @param {Uint8Array<ArrayBuffer>} script
   */
  function cutOut(piece, script) {
    const text = new Uint16Array(script.buffer, 0, script.length >> 1).subarray(CALL);
    return inComment(piece, (i) => text[i] ?? 0);
  }

  /**
   * A script as sw.js keeps it. As a stream, since a browser copies other bodies.
   *
   * @param {Uint8Array<ArrayBuffer>} script
   */
  function served(script) {
    const headers = { "Content-Type": "text/javascript; charset=utf-8" };
    const start = (/** @type {ReadableStreamDefaultController} */ controller) => {
      controller.enqueue(script);
      controller.close();
    };
    return new Response(new ReadableStream({ start }), { headers });
  }

  /**
   * @param {Piece} piece
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  async function checked([, sha256], bytes) {
    if (!crypto.subtle) return bytes;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    if (btoa(String.fromCharCode(...digest)) !== sha256) throw new Ending("failed", /* say */ "A part of it came damaged, and was not used");
    return bytes;
  }

  /**
   * Read a piece from disk, where `fetch` is refused: as a script.
   *
   * @param {Piece} piece
   * @param {string} address
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  function fromDisk(piece, address) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      const gone = () => reject(new Ending("failed", /* say */ "A part of it could not be read"));
      const take = (/** @type {string} */ text) => resolve(inComment(piece, (i) => text.charCodeAt(i)));
      Object.assign(script, { take });
      script.onload = () => {
        script.remove();
        gone(); // unless it has called
      };
      script.onerror = gone;
      document.head.append(script);
    });
  }

  Object.assign(window, { pyPiece: (/** @type {() => void} */ holds) => /** @type {any} */ (document.currentScript).take(holds.toString()) });

  /** @param {string} mark */
  function leave(mark) {
    try {
      sessionStorage.setItem(mark, "1");
    } catch {
      // Storage is off: the reader will press again.
    }
  }

  /** @param {string} mark */
  function recall(mark) {
    try {
      const left = sessionStorage.getItem(mark);
      sessionStorage.removeItem(mark);
      return left;
    } catch {
      return null;
    }
  }

  const sets = python?.config.demand ?? {};
  for (const [name, told] of Object.entries(sets)) {
    const figures = [...document.querySelectorAll(`py-figure[data-model="${CSS.escape(name)}"]`)];
    new Demand(name, told, figures);
  }
}
