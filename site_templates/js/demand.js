// Files on demand: what is too large to come by itself is fetched when the reader presses for it, in pieces (pieces.js).
// A piece that has come is kept on the device, so it is fetched once: not again after a break, by another page, on a later
// visit, or by a newer version that has it too. Pieces go straight to Python, which alone holds them.
//
// This script comes, with that of the pieces, when such a figure comes near the window (figure.js).
// @ts-check

/**
 * `memory` is what must be free beside the files, `most` what the page takes at most, in bytes; `index` lists the pieces of
 * each file, and is null in a build without the set.
 *
 * @typedef {{ title: string, memory: number, most: number, bytes: number, index: Piece | null }} Demanded
 */

// The site's scripts have a scope of their own.
{
  const PyFigure = /** @type {any} */ (customElements.get("py-figure"));
  const python = /** @type {Python} */ (PyFigure.python);
  const NEAR = "400px";
  const SMALL = 64e6; // bytes in memory; a set that has more is not given to Python without a press
  const LARGE = 100e6; // bytes in memory that a reader is told of
  const MEANT = 700; // milliseconds after a change within which a press was meant for what there was before
  const CONTROLS = /** @type {Record<string, string>} */ ({ loading: "stop-model", ready: "remove-model" });
  const PAUSE = 2000; // milliseconds between two tries

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
    #stop = new AbortController();
    /** Loading goes on when Python is there: it ended, and what it held with it. */
    #again = false;
    #near = false;
    #pieces;
    /** When its state last changed. */
    #since = 0;
    /** @type {Promise<Record<string, Piece[]>> | null} */
    #index = null;

    /**
     * @param {string} name
     * @param {Demanded} told
     * @param {any[]} figures
     */
    constructor(name, told, figures) {
      this.name = name;
      this.#pieces = new Pieces(name, python, () => leave(this.#left));
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
      return `${new URL("./", location.href).pathname} demand ${this.name}`;
    }

    #press() {
      if (this.state === "loading") this.#stop.abort();
      else if (this.state !== "ready") void this.load();
      else if (performance.now() - this.#since > MEANT) void this.#remove();
    }

    /** Free the device; Python has it as long as the page is open. */
    async #remove() {
      await this.#pieces.remove();
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
      const { bytes, most } = this.told;
      return this.#near && this.state === "absent" && !this.#why && this.#kept >= bytes && most <= SMALL;
    }

    /** See what is on this device from an earlier visit. */
    async #look() {
      try {
        const here = await this.#pieces.here();
        const { index } = this.told;
        if (!index || !here(index)) return;
        this.#kept = sum(Object.values(await this.#list()).flat().filter(here));
        this.#draw();
      } catch {
        // Storage is off: as if there were nothing.
      }
    }

    /** The pieces of each file. */
    #list() {
      const index = /** @type {Piece} */ (this.told.index);
      this.#index ??= this.#pieces.bring(index, new AbortController().signal, () => {}).then((bytes) => JSON.parse(new TextDecoder().decode(bytes)));
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
        this.#pieces.letGo();
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
          const bytes = await this.#pieces.bring(piece, signal, progress);
          signal.throwIfAborted();
          python.hand(`${name}/${file}`, bytes, at);
          at += piece[0];
          done += piece[0];
          if (this.#pieces.keeps) this.#kept = Math.max(this.#kept, done);
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
      const { title, bytes, most, index } = this.told;
      const all = megabytes(bytes);
      const part = (/** @type {number} */ some) => `${megabytes(some, bytes).replace(" MB", "")} of ${all}`;
      if (!index) return [`${title}: this copy of the course was built without, so what needs it stays as it is`, ""];
      const needs = most > LARGE ? `, and up to ${megabytes(most)} of memory` : "";
      const state = this.state;
      if (state === "ready") return [`${title}: here (${all})${this.#pieces.keeps ? "" : ", until this page is closed"}`, this.#pieces.keeps ? /* say */ "Remove it" : ""];
      if (state === "loading") return [`${title}: ${this.#come === null ? /* say */ "Python starts first" : part(this.#come)}`, "Stop"];
      if (state === "refused") return [`${this.#why}${title} would take up to ${megabytes(most)}. All else goes on`, /* say */ "Try again"];
      const here = this.#kept >= bytes ? `on this device (${all}${needs})` : this.#kept ? `${part(this.#kept)} are here, and stay` : "";
      if (state === "failed") return [`${this.#why}${title}: ${here || `${all}, not here`}`, "Try again"];
      if (this.#kept >= bytes) return [`${this.#why}${title}: ${here}`, /* say */ "Use it"];
      if (this.#kept) return [`${this.#why}${title}: ${here}`, /* say */ "Go on"];
      return [`${this.#why}${title}: ${all}${needs}, fetched only when you ask`, /* say */ `Load ${all}`];
    }
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

  /**
   * @param {number} bytes
   * @param {number} [of]  as exactly as this is told
   */
  function megabytes(bytes, of = bytes) {
    return `${(bytes / 1e6).toFixed(of < 1e5 ? 2 : of < 1e8 ? 1 : 0)} MB`;
  }

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
