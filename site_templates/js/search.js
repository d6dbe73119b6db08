// The search: a dialog with a field, and what is found as the reader types. It comes with the first search (find.js);
// the library and the documents (sitegen/search.py) come while the dialog is open already.
// @ts-check
"use strict";

/**
 * @typedef {[kind: number, address: string, title: string, where: string, text: string]} Found
 * @typedef {{ id: number, terms: string[] }} Hit  by the place among the documents; `terms` are those found in it
 * @typedef {object} Library  as much of MiniSearch as is used
 * @property {(documents: object[], options: { chunkSize: number }) => Promise<void>} addAllAsync
 * @property {(query: string, options: object) => Hit[]} search
 */

// The site's scripts have a scope of their own.
{
  const HOME = new URL("../", /** @type {HTMLScriptElement} */ (document.currentScript).src).href;
  const KINDS = ["Lesson", "Section", "Figure", "Exercise", "Term", "Reference", "Code"]; // as sitegen/search.py numbers them
  const WEIGHTS = [1.3, 1.2, 1.2, 1, 1.6, 0.9, 0.5];
  const MOST = 30; // results that are shown
  const BEFORE = 40; // characters of the text before the first word that was found
  const LENGTH = 170; // of the text that is shown
  const CHUNK = 150; // documents that are taken in without a pause
  const WORDS = /\p{L}[\p{L}\p{M}]*|\p{N}[\p{L}\p{N}\p{M}]*/gu; // a word ends before a number: fig5 is "fig 5"
  const HINT = /* say */ "Type a word: lessons, figures, terms, references and code are looked through.";
  const AWAY = /* say */ "The index did not come: the network seems to be away.";

  const dialog = document.createElement("dialog");
  dialog.className = "search";
  dialog.setAttribute("aria-label", /* say */ "Search the course");
  dialog.innerHTML = `<div class="ask">
    <input type="text" role="combobox" aria-label="${/* say */ "Search the course"}" aria-expanded="false" aria-controls="search-results" aria-autocomplete="list" maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="go" data-control="search-text">
    <button type="button" class="plain" data-control="search-close">close</button></div>
    <p class="told"><span role="status"></span> <button type="button" class="chip" data-control="search-again" hidden>${/* say */ "Try again"}</button></p>
    <div role="listbox" id="search-results" aria-label="${/* say */ "What was found"}"></div>`;
  const of = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (dialog.querySelector(selector));
  const field = /** @type {HTMLInputElement} */ (of("input"));
  const status = of("[role=status]");
  const again = of("[data-control=search-again]");
  const list = of("[role=listbox]");

  /** @type {Found[]} */
  let documents = [];
  /** @type {Library | null} */
  let library = null;
  /** How the site runs scripts. @type {typeof runScript} */
  let run;
  /** What brings the two, while it is on its way. @type {Promise<void> | null} */
  let coming = null;
  /** The result that Enter opens. @type {HTMLElement | null} */
  let chosen = null;

  Object.assign(window, {
    pySearch: open,
    pySearchIndex: (/** @type {Found[]} */ found) => (documents = found),
  });

  // ---------------------------------------------------------------- what comes

  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = HOME + SEARCH.style;
  const styled = new Promise((done) => (style.onload = style.onerror = done)); // without its style it still works
  document.head.append(style);

  /** Bring the library and the documents, and let the one take in the others. */
  async function fetchAll() {
    await Promise.all([run(HOME + SEARCH.library), run(HOME + SEARCH.index)]);
    const { MiniSearch } = /** @type {{ MiniSearch: new (options: object) => Library }} */ (/** @type {unknown} */ (window));
    const made = new MiniSearch({ fields: ["title", "text"], tokenize: words, processTerm: plain });
    performance.mark("search:indexing");
    const told = documents.map(([, , title, where, text], id) => ({ id, title, text: `${text} ${where}` }));
    await made.addAllAsync(told, { chunkSize: CHUNK });
    performance.measure("search:indexed", "search:indexing");
    library = made;
  }

  function prepare() {
    again.hidden = true;
    coming ??= fetchAll().catch(() => void (coming = null));
    return coming.then(show);
  }

  /** @param {string} text */
  function words(text) {
    return text.match(WORDS) ?? [];
  }

  /** Words without accents and capitals, numbers without zeros before them. @type {Map<string, string>} */
  const known = new Map();

  /** @param {string} word */
  function plain(word) {
    const made = known.get(word) ?? word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/^0+(?=\d)/, "");
    known.set(word, made);
    return made;
  }

  // ---------------------------------------------------------------- what is found

  const ASKING = new Set("a an and are can do does for how i in is it me of on or tell the there to was what when where which who why with you".split(" "));

  /** @param {string} query */
  function find(query) {
    const options = {
      // A single letter begins too much to be meant so, but where it is all there is.
      prefix: (/** @type {string} */ term, /** @type {number} */ _, /** @type {string[]} */ terms) => term.length > 1 || terms.length === 1,
      fuzzy: (/** @type {string} */ term) => (term.length > 4 ? 0.2 : 0),
      boost: { title: 3 },
      boostDocument: (/** @type {number} */ id) => WEIGHTS[documents[id][0]],
    };
    // A question is asked with words that stand everywhere; where it has no others, they are what is meant.
    const meant = (/** @type {string} */ term) => (ASKING.has(plain(term)) ? null : plain(term));
    const asked = library?.search(query, { ...options, combineWith: "AND", processTerm: meant }) ?? [];
    const all = asked.length ? asked : (library?.search(query, { ...options, combineWith: "AND" }) ?? []);
    if (all.length) return { hits: all, whole: true };
    return { hits: library?.search(query, { ...options, combineWith: "OR" }) ?? [], whole: false };
  }

  /** Show what there is for what stands in the field. */
  function show() {
    const query = field.value.trim();
    const { hits, whole } = library ? find(query) : { hits: [], whole: true };
    list.replaceChildren(...hits.slice(0, MOST).map(option));
    list.scrollTop = 0;
    field.setAttribute("aria-expanded", String(hits.length > 0));
    choose(/** @type {HTMLElement | null} */ (list.firstElementChild));
    again.hidden = Boolean(library || coming);
    say(library ? told(query, hits.length, whole) : coming ? /* say */ "The index is on its way…" : AWAY);
  }

  /**
   * @param {string} query
   * @param {number} count
   * @param {boolean} whole  whether all words were found together
   */
  function told(query, count, whole) {
    if (!query) return HINT;
    if (!words(query).length) return /* say */ `“${query}” holds no letters or digits to look for.`;
    if (!count) return /* say */ `Nothing was found for “${query}”. Another word, or fewer letters of it, may help.`;
    const shown = count > MOST ? /* say */ `The best ${MOST} of ${count} results` : count === 1 ? "1 result" : `${count} results`;
    return whole ? `${shown}.` : /* say */ `Nothing has all of these words. ${shown} with some of them.`;
  }

  /** @param {string} text */
  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  /**
   * Write a result. All of it is text, whatever a reader or a lesson wrote.
   *
   * @param {Hit} hit
   * @param {number} i
   */
  function option({ id, terms }, i) {
    const [kind, address, title, where, text] = documents[id];
    const link = document.createElement("a");
    link.href = HOME + address;
    link.id = `search-result-${i}`;
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
    const found = new Set(terms);
    link.append(line("what", [KINDS[kind], where].filter(Boolean).join(" · ")), line("title", ...marked(title, found)));
    const piece = excerpt(text, found);
    if (piece) link.append(line("text", ...marked(piece, found)));
    return link;
  }

  /**
   * @param {string} kind
   * @param {(string | Node)[]} content
   */
  function line(kind, ...content) {
    const made = document.createElement("span");
    made.className = kind;
    made.append(...content);
    return made;
  }

  /**
   * @param {string} text
   * @param {Set<string>} found
   * @returns {(string | Node)[]}
   */
  function marked(text, found) {
    /** @type {(string | Node)[]} */
    const pieces = [];
    let end = 0;
    for (const { 0: word, index } of text.matchAll(WORDS)) {
      if (!found.has(plain(word))) continue;
      const mark = document.createElement("mark");
      mark.textContent = word;
      pieces.push(text.slice(end, index), mark);
      end = index + word.length;
    }
    return [...pieces, text.slice(end)];
  }

  /**
   * The piece of a text in which most of the words stand that were found.
   *
   * @param {string} text
   * @param {Set<string>} found
   */
  function excerpt(text, found) {
    const places = [...text.matchAll(WORDS)].filter(({ 0: word }) => found.has(plain(word))).map(({ 0: word, index }) => ({ word: plain(word), index }));
    let best = { start: 0, count: 0 };
    for (const { index } of places) {
      const near = places.filter((other) => other.index >= index && other.index < index + LENGTH - BEFORE);
      const count = new Set(near.map(({ word }) => word)).size;
      if (count > best.count) best = { start: index, count };
    }
    const wished = best.start < LENGTH / 2 ? 0 : best.start - BEFORE;
    const start = wished && text.indexOf(" ", wished) + 1;
    const cut = text.length > start + LENGTH ? text.lastIndexOf(" ", start + LENGTH) : text.length;
    const end = cut > start ? cut : start + LENGTH;
    return `${start ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
  }

  // ---------------------------------------------------------------- what the reader does

  /** @param {HTMLElement | null} result */
  function choose(result) {
    chosen?.setAttribute("aria-selected", "false");
    result?.setAttribute("aria-selected", "true");
    chosen = result;
    if (result) field.setAttribute("aria-activedescendant", result.id);
    else field.removeAttribute("aria-activedescendant");
  }

  /** @param {number} step */
  function move(step) {
    const { children } = list;
    const from = chosen ? [...children].indexOf(chosen) : -1;
    choose(/** @type {HTMLElement | null} */ (children[(from + step + children.length) % children.length] ?? null));
    chosen?.scrollIntoView({ block: "nearest" });
  }

  function fit() {
    dialog.style.setProperty("--room", `${visualViewport?.height ?? innerHeight}px`); // above a phone's keyboard
  }

  /** @param {typeof runScript} given  by the site's script, which opens the search */
  async function open(given) {
    run = given;
    if (!dialog.isConnected) document.body.append(dialog);
    await styled;
    if (dialog.open) return;
    fit();
    dialog.showModal();
    field.select();
    show();
    if (!library) prepare();
  }

  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.children.length) move(step);
    else if (event.key === "Enter") chosen?.click();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointermove", ({ target }) => {
    const result = /** @type {HTMLElement} */ (target).closest("[role=option]");
    if (result instanceof HTMLElement && result !== chosen) choose(result);
  });
  dialog.addEventListener("click", (event) => {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const pressed = target.closest("[data-control]");
    if (pressed === again) {
      void prepare();
      field.focus(); // the button goes
      show();
    } else if (target === dialog || pressed?.matches("[data-control=search-close]")) dialog.close();
    // Before the browser follows it: closing gives the focus back, and the place that was found comes into sight.
    else if (target.closest("a") && !event.ctrlKey && !event.metaKey && !event.shiftKey) dialog.close();
  });
  visualViewport?.addEventListener("resize", fit);
}
