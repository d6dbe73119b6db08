// Without a network: what a reader visits is kept on the device by the service worker (sw.js), and the whole course
// is, if the reader wants it. The service worker knows what there is; the page asks it for one file after another.
// @ts-check

/** @typedef {{ files: Record<string, [hash: string, bytes: number]>, kept: string[], whole: boolean, fresh: boolean }} Listing */

const REST = 1000; // milliseconds
const SITE = new URL("../", /** @type {HTMLScriptElement} */ (document.currentScript).src).href;
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
  /** The network went away while the whole course was fetched. */
  #cut = false;

  /** @param {ServiceWorkerContainer} container */
  constructor(container) {
    this.container = container;
  }

  async start() {
    const served = Boolean(this.container.controller);
    const registration = await this.container.register(`${SITE}sw.js`, { updateViaCache: "none" });
    const first = await this.#ask("list");
    if (served && !first.fresh) this.#announce(registration, first);
    for (const [name, act] of Object.entries({ keep: () => this.#keep(), stop: () => this.#stop(), forget: () => this.#forget() }))
      button(name)?.addEventListener("click", act);
    window.addEventListener("online", () => this.#cut && this.#keep());
    this.#draw(first);
    this.#visit();
  }

  /**
   * @param {"list" | "keep" | "whole" | "forget" | "use" | "claim"} type
   * @param {{ path?: string, of?: ServiceWorker | null, progress?: (bytes: number) => void }} [options]
   * @returns {Promise<Listing>}
   */
  async #ask(type, { path, of, progress } = {}) {
    const { active } = await this.container.ready;
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve, reject) => {
      port1.onmessage = ({ data }) => {
        if (!data.done) return progress?.(data.bytes);
        port1.close();
        if (data.failed) reject(Object.assign(new Error(data.message), { name: data.failed }));
        else resolve(data);
      };
      (of ?? active)?.postMessage({ type, path }, [port2]);
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
    keep([location.href, ...loaded], python ? "page" : "lesson");
    new PerformanceObserver((list) => keep(list.getEntries().map(({ name }) => name))).observe({ type: "resource" });
    const ready = () => {
      if (python?.state !== "ready") return;
      const { code, worker, files } = python.config;
      const scripts = [code, worker].map((name) => new URL(name, document.baseURI).href);
      const addresses = Object.keys(files).map((name) => /** @type {Python} */ (python).addressOf(name));
      keep([...scripts, ...addresses], "lesson");
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
    if (!paths.length && !mark) return;
    const { files } = await this.#ask("list");
    for (const path of paths) {
      if (!Object.hasOwn(files, path) || this.#asked.has(path)) continue;
      await this.#ask("keep", { path });
      this.#asked.add(path);
    }
    // On a first visit the service worker stands aside until all is there: nothing that loads goes through it in vain.
    if (mark === "lesson" && !this.container.controller) await this.#ask("claim");
    if (mark) await this.#mark(mark);
  }

  /** @param {string} mark */
  async #mark(mark) {
    const root = document.documentElement.dataset;
    if (root.offline !== "course") root.offline = mark;
    if (!this.#wish) this.#draw(await this.#ask("list"));
  }

  // ---------------------------------------------------------------- the whole course

  async #keep() {
    const wish = ++this.#wish;
    this.#cut = false;
    navigator.storage?.persist?.().catch(() => {}); // the browser may make room by removing what is not persistent
    try {
      await this.#ask("whole");
      const shelf = await this.#ask("list");
      const has = new Set(shelf.kept);
      let here = sum(shelf, shelf.kept);
      const progress = (/** @type {number} */ bytes) => {
        here += bytes;
        if (wish === this.#wish) this.#drawProgress(here, sum(shelf));
      };
      progress(0);
      // Small files first: the lessons' text comes before Python.
      const missing = Object.keys(shelf.files).filter((path) => !has.has(path));
      for (const path of missing.sort((a, b) => shelf.files[a][1] - shelf.files[b][1])) {
        await this.#ask("keep", { path, progress });
        if (wish !== this.#wish) return;
      }
      this.#wish = 0;
      this.#draw(await this.#ask("list"));
    } catch (error) {
      if (wish !== this.#wish) return;
      this.#wish = 0;
      const full = error instanceof Error && error.name === "QuotaExceededError";
      this.#cut = !full;
      const why = full ? "This device has no room for all of it." : "Not all of it came: the network seems to be away.";
      this.#draw(await this.#ask("list"), why);
    }
  }

  async #stop() {
    this.#wish = 0;
    this.#draw(await this.#ask("list"));
  }

  async #forget() {
    this.#asked.clear();
    this.#draw(await this.#ask("forget"), "Removed.");
    delete document.documentElement.dataset.offline;
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
      ? `The whole course is on this device (${all}) and works without a network.`
      : shelf.whole
        ? `${here} of ${all} are on this device, and stay.`
        : `Keep the whole course on this device (${all}), and all of it works without a network.${
            offline === "lesson" && python ? " This lesson does already." : ""
          }`;
    show(why ? `${why} ${words}` : words, {
      keep: whole ? "" : shelf.whole ? "Go on" : "Keep the whole course",
      forget: shelf.whole ? "Remove it" : "",
    });
  }

  /**
   * @param {number} here
   * @param {number} all
   */
  #drawProgress(here, all) {
    show(`${megabytes(here)} of ${megabytes(all)} are on this device.`, { stop: "Stop" }, here / all);
  }

  // ---------------------------------------------------------------- a newer version

  /**
   * Tell the reader when this page has changed. It is theirs to take; else it comes once all pages are closed.
   *
   * @param {ServiceWorkerRegistration} registration
   * @param {Listing} served  by the version that this page came from
   */
  #announce(registration, served) {
    const path = pathOf(location.href);
    const tell = async (/** @type {ServiceWorker | null} */ worker) => {
      const { files } = await this.#ask("list", { of: worker });
      if (files[path]?.[0] !== served.files[path]?.[0]) announce(() => void this.#ask("use", { of: worker }));
    };
    const look = (/** @type {ServiceWorker | null} */ worker) => {
      if (worker?.state === "installed") tell(worker);
      else worker?.addEventListener("statechange", () => worker.state === "installed" && tell(worker));
    };
    look(registration.waiting ?? registration.installing);
    registration.addEventListener("updatefound", () => look(registration.installing));
    // Taken here, or on another page.
    this.container.addEventListener("controllerchange", () => (accepted ? location.reload() : tell(null)));
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

let accepted = false;

/** @param {() => void} take */
function announce(take) {
  document.querySelector("[data-news]")?.remove();
  const news = document.createElement("aside");
  news.className = "news";
  news.dataset.news = "";
  news.setAttribute("aria-label", "A newer version");
  news.innerHTML = `<p role="status">A newer version of this lesson is there.</p>
    <button type="button" class="chip" data-control="reload">Reload</button>
    <button type="button" class="plain" data-control="later">Later</button>`;
  news.addEventListener("click", ({ target }) => {
    const control = /** @type {HTMLElement} */ (target).dataset.control;
    if (control === "later") news.remove();
    if (control !== "reload") return;
    accepted = true;
    take();
  });
  document.body.append(news);
}

/** @param {string} url */
function pathOf(url) {
  return url.startsWith(SITE) ? decodeURI(url.split(/[?#]/)[0].slice(SITE.length)) || "index.html" : "";
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
  for (const name of ["keep", "stop", "forget"]) {
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

if (location.protocol === "file:") show("You opened the course from disk: all of it works without a network as it is.", {});
else if (!("serviceWorker" in navigator)) shelfBox?.remove();
else addEventListener("load", () => new Shelf(navigator.serviceWorker).start().catch(() => shelfBox?.remove()));
