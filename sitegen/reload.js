// In the pages that an author looks at while writing: shows a new build at once, where the author was, and what
// keeps a build from being made. The server adds it; a published page does not have it. Where words alone have changed
// they are put into the page; else it is loaded again.
// @ts-check

/**
 * What the server tells: sitegen/news.py and sitegen/builder.py.
 *
 * @typedef {{ place: string, message: string, excerpt: [number, string][], line: number }} Mistake
 * @typedef {{ version: string, mistakes: Mistake[] }} News
 *
 * A figure, as far as it is needed here.
 * @typedef {HTMLElement & { left?: object, resume?: (left: object) => void }} Figure
 *
 * Where the author was: an element at the top of the window, how far below the top it was, and the figures' states.
 * @typedef {{ page: string, anchor: string, below: number, top: number, figures: Record<string, object> }} Place
 */

(() => {
  const KEY = "author:place";
  const KNOWN = "[id], py-figure, button, input, textarea, details, data, script, style, .term"; // to scripts of the page
  const SETTLES = 1500; // milliseconds in which a page finds its layout
  const STYLE = `
    :host { all: initial; }
    section { position: fixed; inset: auto 0 0 0; max-height: 80vh; overflow: auto; z-index: 2147483647; box-sizing: border-box;
      padding: 1rem 1.25rem 1.25rem; background: #2b1512; color: #fbeeea; border-top: 4px solid #e0604a;
      font: 15px/1.5 system-ui, sans-serif; box-shadow: 0 -8px 40px #0006; }
    header { display: flex; gap: 1rem; align-items: baseline; justify-content: space-between; }
    h2 { font-size: 1rem; margin: 0; }
    h3 { font: 600 14px/1.5 ui-monospace, monospace; margin: 1rem 0 0.25rem; color: #ffb4a4; overflow-wrap: anywhere; }
    p { margin: 0 0 0.5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
    pre { margin: 0; padding: 0.5rem 0.75rem; background: #0005; font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap;
      overflow-wrap: anywhere; }
    mark { display: block; background: #e0604a40; color: inherit; }
    button { font: inherit; color: inherit; background: none; border: 1px solid #fbeeea80; border-radius: 4px; padding: 0.1rem 0.75rem;
      min-height: 32px; cursor: pointer; }`;
  const own = /** @type {HTMLScriptElement} */ (document.currentScript);
  let version = own.dataset.version ?? "";
  let shown = source(); // as the page came, before its scripts changed it
  void shown.then(() => (own.dataset.listens = ""));

  goBack();
  const events = new EventSource(own.src.replace(/[^/]*$/, "news"));
  let heard = Promise.resolve();
  events.addEventListener("message", ({ data }) => (heard = heard.then(() => hear(JSON.parse(data))))); // one by one
  window.addEventListener("pagehide", () => events.close());
  window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

  /** @param {News} news */
  async function hear(news) {
    show(news.mistakes);
    if (news.mistakes.length || !news.version || news.version === version) return;
    const before = await shown;
    const now = await source();
    const edits = before?.version === version && now ? changes(before.page.body, now.page.body) : null;
    if (before && now && before.page.head.isEqualNode(now.page.head) && edits && put(edits)) {
      version = now.version; // the site may be newer than the news
      shown = Promise.resolve(now);
      return;
    }
    keepPlace();
    location.reload();
  }

  // ---------------------------------------------------------------- words that changed

  /**
   * The page as the server has it, and the version of the site that it belongs to.
   *
   * @returns {Promise<{ page: Document, version: string } | null>}
   */
  async function source() {
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      const script = /** @type {HTMLScriptElement | null} */ (page.querySelector("script[data-version]"));
      script?.remove();
      return { page, version: script?.dataset.version ?? "" };
    } catch {
      return null;
    }
  }

  /**
   * What must be done to make one element of the other: elements that go, those that come, and what they stand behind,
   * or in, when they are the first. Null when something else than words has changed.
   *
   * @typedef {{ gone: Element[], come: Element[], behind: Element | null, within: Element }} Edit
   *
   * @param {Element} before
   * @param {Element} now
   * @returns {Edit[] | null}
   */
  function changes(before, now) {
    if (before.isEqualNode(now)) return [];
    if (before.cloneNode().isEqualNode(now.cloneNode()) && !holdsText(before) && !holdsText(now)) {
      const [old, fresh] = [[...before.children], [...now.children]];
      const shorter = Math.min(old.length, fresh.length);
      let [start, end] = [0, 0]; // how many are the same, at both ends
      while (start < shorter && old[start].isEqualNode(fresh[start])) start++;
      while (end < shorter - start && old[old.length - 1 - end].isEqualNode(fresh[fresh.length - 1 - end])) end++;
      const [gone, come] = [old, fresh].map((all) => all.slice(start, all.length - end));
      if (gone.length === come.length) {
        const edits = gone.map((each, i) => changes(each, come[i]));
        return edits.every((each) => each) ? /** @type {Edit[]} */ (edits.flat()) : null;
      }
      if ([...gone, ...come].every(isPlain)) return [{ gone, come, behind: old[start - 1] ?? null, within: before }];
    }
    return isPlain(before) && isPlain(now) ? [{ gone: [before], come: [now], behind: null, within: before }] : null;
  }

  /** @param {Element} element */
  function holdsText(element) {
    return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
  }

  /**
   * Whether no script of the page knows an element.
   *
   * @param {Element} element
   */
  function isPlain(element) {
    return !element.matches(KNOWN) && !element.querySelector(KNOWN);
  }

  /**
   * Do it all in the page, or nothing.
   *
   * @param {Edit[]} edits
   */
  function put(edits) {
    const done = edits.map(({ gone, come, behind, within }) => {
      const left = gone.map(living);
      const place = gone.length ? left[0] : living(behind ?? within);
      return place && left.every((each) => each) && { left, place, come, way: gone.length ? "before" : behind ? "after" : "prepend" };
    });
    if (!done.every((each) => each)) return false;
    for (const { left, place, come, way } of /** @type {any[]} */ (done)) {
      place[way](...come.map((/** @type {Element} */ each) => document.importNode(each, true)));
      for (const each of left) each.remove();
    }
    return true;
  }

  /**
   * The element of the page that came as this one; null when that cannot be told.
   *
   * @param {Element} came
   */
  function living(came) {
    if (came.id) return document.getElementById(came.id);
    const alike = (/** @type {Document} */ page) =>
      [...page.getElementsByTagName(came.localName)].filter((each) => each.outerHTML === came.outerHTML);
    const [then, now] = [alike(came.ownerDocument), alike(document)];
    return then.length === now.length ? now[then.indexOf(came)] : null;
  }

  // ---------------------------------------------------------------- the place

  function keepPlace() {
    const tall = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("main [id]")]);
    const visible = tall.filter((each) => each.getClientRects().length);
    const anchor = visible.findLast((each) => each.getBoundingClientRect().top <= 80) ?? visible[0];
    const figures = /** @type {Figure[]} */ ([...document.querySelectorAll("py-figure")]);
    /** @type {Place} */
    const place = {
      page: location.pathname,
      anchor: anchor?.id ?? "",
      below: anchor?.getBoundingClientRect().top ?? 0,
      top: scrollY,
      figures: Object.fromEntries(figures.flatMap(({ id, left }) => (left ? [[id, left]] : []))),
    };
    sessionStorage.setItem(KEY, JSON.stringify(place));
  }

  function goBack() {
    const kept = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    /** @type {Place | null} */
    const place = kept && JSON.parse(kept);
    if (place?.page !== location.pathname) return;
    history.scrollRestoration = "manual";
    for (const [id, left] of Object.entries(place.figures)) /** @type {Figure | null} */ (document.getElementById(id))?.resume?.(left);
    stay(place);
  }

  /**
   * Scroll there, and again in each frame for a while: what lies above is laid out as it comes near. Whatever the
   * author does ends it.
   *
   * @param {Place} place
   */
  function stay(place) {
    const end = performance.now() + SETTLES;
    let moved = false;
    for (const type of ["wheel", "pointerdown", "keydown", "touchstart"])
      window.addEventListener(type, () => (moved = true), { once: true, passive: true });
    const again = () => {
      if (moved || performance.now() > end) return void (history.scrollRestoration = "auto");
      scroll(place);
      requestAnimationFrame(again);
    };
    again();
  }

  /** @param {Place} place */
  function scroll({ anchor, below, top }) {
    const found = anchor ? document.getElementById(anchor) : null;
    const to = found ? scrollY + found.getBoundingClientRect().top - below : top;
    scrollTo({ top: to, behavior: "instant" });
  }

  // ---------------------------------------------------------------- mistakes

  /** @param {Mistake[]} mistakes */
  function show(mistakes) {
    document.querySelector("author-mistakes")?.remove();
    if (!mistakes.length) return;
    const host = document.createElement("author-mistakes");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const close = element("button", "Hide");
    close.addEventListener("click", () => host.remove());
    const count = mistakes.length === 1 ? "One thing keeps" : `${mistakes.length} things keep`;
    const title = element("h2", `${count} the page from being built; it shows the last good build`);
    const section = element("section", element("header", title, close), ...mistakes.flatMap(told));
    section.setAttribute("role", "alert");
    root.append(section);
    document.body.append(host);
  }

  /** @param {Mistake} mistake */
  function told({ place, message, excerpt, line }) {
    const lines = excerpt.map(([n, text]) => element(n === line ? "mark" : "span", `${String(n).padStart(5)}  ${text}\n`));
    return [...(place ? [element("h3", place)] : []), element("p", message), ...(lines.length ? [element("pre", ...lines)] : [])];
  }

  /**
   * @param {string} tag
   * @param {(string | Node)[]} content
   */
  function element(tag, ...content) {
    const made = document.createElement(tag);
    made.append(...content);
    return made;
  }
})();
