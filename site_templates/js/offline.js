// Without a network: what a reader visits is kept on the device by the service worker (sw.js), and the whole course
// is, if the reader wants it. The service worker knows what there is; the page asks it for one file after another.
// @ts-check

/**
 * @typedef {{ files: Record<string, [hash: string, bytes: number]>, kept: string[], more: number, whole: boolean, fresh: boolean }} Listing  `more`: bytes
 *     of what figures load on demand, while it is not to be kept
 */

const REST = 1000; // milliseconds
const CUT = /* say */ "Not all of it came: the network seems to be away.";
/** Why keeping the whole course ended, by the error's name. @type {Record<string, string>} */
const WHY = { QuotaExceededError: /* say */ "This device has no room for all of it.", AbortError: /* say */ "Removed." };
const shelfBox = /** @type {HTMLElement | null} */ (document.querySelector("[data-shelf]"));

/**
 * Talks to the service worker, and shows the reader how that goes.
 *
 * `data-offline` on the root element tells what works without a network: "page", "lesson" with its Python, or "course".
 */
class Shelf {
  /** Files that this page has asked for. */
  #asked = /** @type {Set<string>} */ (new Set());
  /** Counts the wishes for the whole course, so that one that was given up does not go on. */
  #wish = 0;
  /** The reader had all removed: until the page is loaded again, what is visited is not kept. */
  #removed = false;
  /** The reader takes the newer version. */
  #accepted = false;
  /** The network went away while the whole course was fetched. */
  #cut = false;
  /** What is asked and not answered yet: the port of each, and how to ask again. @type {Map<MessagePort, () => void>} */
  #open = new Map();

  /** @param {ServiceWorkerContainer} container */
  constructor(container) {
    this.container = container;
  }

  async start() {
    this.#restWhileAway();
    const served = Boolean(this.container.controller);
    const registration = await this.container.register(`${SITE}sw.js`, { updateViaCache: "none" });
    const first = await this.#ask("list");
    if (served && !first.fresh) this.#announce(registration).catch(() => {}); // the network is away
    for (const [name, act] of Object.entries({ keep: () => this.#keep(), all: () => this.#keep("all"), stop: () => this.#stop(), forget: () => this.#forget() }))
      button(name)?.addEventListener("click", act);
    window.addEventListener("online", () => this.#cut && this.#keep());
    this.#draw(first);
    this.#visit();
  }

  /**
   * @param {"list" | "keep" | "whole" | "all" | "forget" | "claim"} type
   * @param {{ path?: string, of?: ServiceWorker | null, progress?: (bytes: number) => void }} [options]
   * @returns {Promise<Listing>}
   */
  async #ask(type, { path, of, progress } = {}) {
    const { active } = await this.container.ready;
    return new Promise((resolve, reject) => {
      const ask = () => {
        const { port1, port2 } = new MessageChannel();
        let come = 0;
        port1.onmessage = ({ data }) => {
          if (!data.done) {
            come += data.bytes;
            return progress?.(data.bytes);
          }
          port1.close();
          this.#open.delete(port1);
          if (data.failed) reject(Object.assign(new Error(data.message), { name: data.failed }));
          else resolve(data);
        };
        this.#open.set(port1, () => {
          progress?.(-come);
          ask();
        });
        (of ?? active)?.postMessage({ type, path }, [port2]);
      };
      ask();
    });
  }

  /** Firefox gives up a page that it has kept for *back* once a message comes to it: what is asked is asked again there. */
  #restWhileAway() {
    addEventListener("pagehide", () => this.#open.forEach((_, port) => port.close()));
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted) return;
      const left = [...this.#open.values()];
      this.#open.clear();
      for (const again of left) again();
    });
  }

  // ---------------------------------------------------------------- what is visited

  /** Keep the page and all that it loads; Python's files once it has loaded them. */
  #visit() {
    let last = Promise.resolve();
    const keep = (/** @type {string[]} */ urls, /** @type {string} */ mark = "") => {
      last = last.then(rest).then(() => this.#keepFiles(urls, mark)).catch(() => {}); // what cannot be kept comes from the network
    };
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    // The course's page is whole without Python: its figure is answered from its store.
    keep([...loaded, location.href], python && lesson ? "page" : "lesson");
    new PerformanceObserver((list) => keep(list.getEntries().map(({ name }) => name))).observe({ type: "resource" });
    const ready = () => {
      if (python?.state !== "ready") return;
      const { code, start, demandScript } = python.config;
      const scripts = [code, start, demandScript].filter(Boolean).map((name) => new URL(name, document.baseURI).href);
      keep([...scripts, ...python.addresses], "lesson");
    };
    python?.addEventListener("change", ready);
    ready();
  }

  /**
   * @param {string[]} urls
   * @param {string} mark  what works without a network when these are kept
   */
  async #keepFiles(urls, mark) {
    const paths = urls.map(pathOf).filter((path) => path && !this.#asked.has(path));
    if (this.#removed) return;
    if (!paths.length && !mark) return;
    const { files } = await this.#ask("list");
    for (const path of paths) {
      if (!Object.hasOwn(files, path) || this.#asked.has(path)) continue;
      if (this.#removed) return;
      await this.#ask("keep", { path });
      this.#asked.add(path);
    }
    // On a first visit the service worker stands aside until all is there: nothing that loads goes through it in vain.
    if (mark === "lesson" && !this.container.controller) await this.#ask("claim");
    if (mark) await this.#mark(mark);
  }

  /** @param {string} mark */
  async #mark(mark) {
    if (this.#removed) return;
    const root = document.documentElement.dataset;
    if (root.offline !== "course") root.offline = mark;
    if (!this.#wish) this.#draw(await this.#ask("list"));
  }

  // ---------------------------------------------------------------- the whole course

  /** @param {"whole" | "all"} what  also what figures load on demand */
  async #keep(what = "whole") {
    const wish = ++this.#wish;
    this.#cut = this.#removed = false;
    navigator.storage?.persist?.().catch(() => {}); // the browser may make room by removing what is not persistent
    try {
      await this.#ask("whole");
      await this.#ask(what);
      const shelf = await this.#ask("list");
      const has = new Set(shelf.kept);
      let here = sum(shelf, shelf.kept);
      const progress = (/** @type {number} */ bytes) => {
        here += bytes;
        if (wish === this.#wish) this.#drawProgress(here, sum(shelf));
      };
      progress(0);
      const missing = Object.keys(shelf.files).filter((path) => !has.has(path));
      // Pages first, then what is small: where the room ends, as much as can be is there to be read.
      const rank = (/** @type {string} */ path) => (path.endsWith(".html") ? 0 : shelf.files[path][1]);
      for (const path of missing.sort((a, b) => rank(a) - rank(b))) {
        await this.#ask("keep", { path, progress });
        if (wish !== this.#wish) return;
      }
      this.#wish = 0;
      this.#draw(await this.#ask("list"));
    } catch (error) {
      if (wish !== this.#wish) return;
      this.#wish = 0;
      const why = WHY[error instanceof Error ? error.name : ""] ?? CUT;
      this.#cut = why === CUT;
      this.#draw(await this.#ask("list"), why);
    }
  }

  async #stop() {
    this.#wish = 0;
    this.#draw(await this.#ask("list"));
  }

  async #forget() {
    this.#removed = true;
    this.#wish = 0;
    this.#asked.clear();
    const shelf = await this.#ask("forget");
    delete document.documentElement.dataset.offline;
    this.#draw(shelf, /* say */ "Removed.");
  }

  /**
   * @param {Listing} shelf
   * @param {string} why  what the reader must know first
   */
  #draw(shelf, why = "") {
    const all = megabytes(sum(shelf));
    const here = megabytes(sum(shelf, shelf.kept));
    const whole = shelf.kept.length === Object.keys(shelf.files).length;
    if (whole) document.documentElement.dataset.offline = "course";
    const { offline } = document.documentElement.dataset;
    const words = whole
      ? /* say */ `The whole course is on this device (${all}) and works without a network.`
      : shelf.whole
        ? /* say */ `${here} of ${all} are on this device, and stay.`
        : /* say */ `Keep the whole course on this device (${all}), and all of it works without a network.`;
    const already = !whole && !shelf.whole && offline === "lesson" && python && lesson ? /* say */ "This lesson does already." : "";
    const more = shelf.more ? /* say */ `What figures load on demand is ${megabytes(shelf.more)} more.` : "";
    show([why, words, already, more].filter(Boolean).join(" "), {
      all: more && /* say */ "Keep that too",
      keep: whole ? "" : shelf.whole ? /* say */ "Go on" : /* say */ "Keep the whole course",
      forget: shelf.whole ? /* say */ "Remove it" : "",
    });
  }

  /**
   * @param {number} here
   * @param {number} all
   */
  #drawProgress(here, all) {
    show(/* say */ `${megabytes(here)} of ${megabytes(all)} are on this device.`, { stop: /* say */ "Stop" }, here / all);
  }

  // ---------------------------------------------------------------- a newer version

  /**
   * Tell the reader when this page has changed. It is theirs to take; else it comes once all pages are closed.
   *
   * @param {ServiceWorkerRegistration} registration
   */
  async #announce(registration) {
    const path = pathOf(location.href);
    const page = await fetch(location.href, { cache: "force-cache" }); // as it came, from the device or the network
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await page.arrayBuffer()));
    const own = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const tell = async (/** @type {ServiceWorker | null} */ worker) => {
      const { files } = await this.#ask("list", { of: worker });
      if (!files[path] || !own.startsWith(files[path][0])) announce(NEWER, () => this.#take(registration));
    };
    const look = (/** @type {ServiceWorker | null} */ worker) => {
      if (worker?.state === "installed") tell(worker);
      else worker?.addEventListener("statechange", () => worker.state === "installed" && tell(worker));
    };
    look(registration.waiting ?? registration.installing);
    registration.addEventListener("updatefound", () => look(registration.installing));
    this.container.addEventListener("controllerchange", () => {
      if (!this.#accepted && !renewing) tell(null); // taken on another page
    });
  }

  /** @param {ServiceWorkerRegistration} registration */
  #take(registration) {
    this.#accepted = true;
    void use(registration).then(leave); // none waits when another page has taken it
  }
}

/**
 * Wait until the reader has done nothing for a while: keeping megabytes would make a figure that is dragged stutter.
 *
 * @returns {Promise<void>}
 */
function rest() {
  return new Promise((done) => {
    const moves = new AbortController();
    let timer = 0;
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        moves.abort(); // listens no longer
        done();
      }, REST);
    };
    for (const type of ["pointermove", "keydown"])
      addEventListener(type, again, { passive: true, signal: moves.signal });
    again();
  });
}

/**
 * @param {Listing} shelf
 * @param {string[]} paths
 */
function sum({ files }, paths = Object.keys(files)) {
  return paths.reduce((bytes, path) => bytes + files[path][1], 0);
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {string} name */
function button(name) {
  return /** @type {HTMLButtonElement | null} */ (shelfBox?.querySelector(`[data-control="${name}"]`));
}

/**
 * @param {string} words
 * @param {Record<string, string>} buttons  those that are there, and what stands on them
 * @param {number} [part]
 */
function show(words, buttons, part) {
  if (!shelfBox) return;
  const text = shelfBox.querySelector("p");
  if (text && text.textContent !== words) text.textContent = words;
  const focused = shelfBox.contains(document.activeElement);
  for (const name of ["keep", "all", "stop", "forget"]) {
    const its = button(name);
    if (!its) continue;
    its.disabled = false;
    its.hidden = !buttons[name];
    its.textContent = buttons[name] ?? "";
  }
  // The button that was pressed may be gone: another takes its focus.
  const next = /** @type {HTMLElement | null} */ (shelfBox.querySelector("button:not([hidden])"));
  if (focused && !shelfBox.querySelector("button:focus:not([hidden])")) next?.focus({ preventScroll: true });
  const bar = shelfBox.querySelector("progress");
  if (!bar) return;
  bar.hidden = part === undefined;
  bar.value = part ?? 0;
}

if (location.protocol === "file:") show(/* say */ "You opened the course from disk: all of it works without a network as it is.", {});
else if (!("serviceWorker" in navigator)) shelfBox?.remove();
else addEventListener("load", () => new Shelf(navigator.serviceWorker).start().catch(() => shelfBox?.remove()));
