// Functions of pycore that the reader may change; every figure then runs the reader's version. The build puts this before
// the panels of a page (scripts.code); it shares no names with the page's script, which hands it what it needs (source.js).
// @ts-check

/**
 * @typedef {object} Code
 * @property {Record<string, string>} panels  HTML of the panel of each figure that has one
 * @property {(details: HTMLDetailsElement) => void} open  fills the panel "show the code" of a figure
 */

/**
 * What the page hands over.
 *
 * @typedef {object} CodePage
 * @property {Python} python
 * @property {Map<string, string>} inForce
 * @property {typeof PyFigure} PyFigure
 * @property {typeof keyOf} keyOf
 * @property {typeof keep} keep
 * @property {typeof recall} recall
 * @property {typeof forget} forget
 */

/**
 * @param {Record<string, string>} panels
 * @param {CodePage} page
 * @returns {Code}
 */
function coder(panels, { python, inForce, PyFigure, keyOf, keep, recall, forget }) {
  python.addEventListener("change", () => {
    if (python.state !== "failed" || !inForce.size) return;
    // It may have been the reader's version that Python did not come back from.
    const names = [...inForce.keys()];
    inForce.clear();
    for (const name of names) say(name, /* say */ "Python stopped, and the original is in force again. Your text is kept.");
    setTimeout(() => remakeAll(null)); // after the figures have heard of it
  });

  /** @param {HTMLDetailsElement} details */
  function open(details) {
    details.addEventListener("click", (event) => press(/** @type {Element} */ (event.target)));
    details.addEventListener("input", (event) => keepText(/** @type {HTMLTextAreaElement} */ (event.target)));
    const place = /** @type {HTMLElement} */ (details.querySelector("[data-panel]"));
    place.innerHTML = panels[details.closest("py-figure")?.id ?? ""] ?? "";
    for (const field of place.querySelectorAll("textarea")) bringBack(field);
    for (const [name, text] of inForce) for (const field of fieldsOf(name)) field.value = text;
  }

  /** @param {Element} target */
  function press(target) {
    const section = /** @type {HTMLElement | null} */ (target.closest("[data-function]"));
    const field = section?.querySelector("textarea");
    if (!section || !field) return;
    if (target.closest("[data-source-run]")) void putInForce(section, field.value);
    else if (target.closest("[data-source-reset]")) {
      forget(keyOf(section.dataset.function ?? ""));
      void putInForce(section, null);
    }
  }

  /** @param {HTMLTextAreaElement} field */
  function keepText(field) {
    const key = keyOf(nameOf(field));
    if (field.value === field.defaultValue) forget(key);
    else keep(key, field.value);
  }

  /**
   * Bring back what the reader wrote on an earlier visit. It is not in force until it is run: it may have ended Python.
   *
   * @param {HTMLTextAreaElement} field
   */
  function bringBack(field) {
    const name = nameOf(field);
    const text = recall(keyOf(name));
    if (text === null || text === field.value || inForce.has(name)) return;
    field.value = text;
    say(name, /* say */ "This is your version from before; Run puts it in force, and Reset throws it away.");
  }

  /**
   * @param {HTMLElement} section
   * @param {string | null} source  null for the original
   */
  async function putInForce(section, source) {
    const name = section.dataset.function ?? "";
    say(name, python.state === "ready" ? "" : /* say */ "Waiting for Python …");
    try {
      await python.wanted();
      const { error } = await python.call("edit", { name, source });
      if (error !== undefined) return say(name, error);
    } catch (error) {
      return say(name, error instanceof Error ? error.message : String(error));
    }
    if (source === null) inForce.delete(name);
    else inForce.set(name, source);
    PyFigure.stores = false; // they know the original's answers alone
    for (const field of fieldsOf(name)) field.value = source ?? field.defaultValue;
    say(name, source === null ? /* say */ "The original is in force." : /* say */ "Your version is in force.");
    remakeAll(section.closest("py-figure"));
  }

  /**
   * Draw figures anew: the one whose panel it is first.
   *
   * @param {Element | null} own
   */
  function remakeAll(own) {
    const others = [...document.querySelectorAll("py-figure")].filter((figure) => figure !== own);
    for (const figure of own ? [own, ...others] : others) /** @type {PyFigure} */ (figure).remake(figure === own);
  }

  /** @param {HTMLTextAreaElement} field */
  function nameOf(field) {
    return /** @type {HTMLElement | null} */ (field.closest("[data-function]"))?.dataset.function ?? "";
  }

  /** @param {string} name */
  function fieldsOf(name) {
    return /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll(`[data-function="${name}"] textarea`));
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  function say(name, text) {
    for (const line of document.querySelectorAll(`[data-function="${name}"] [data-said]`)) line.textContent = text;
  }

  return { panels, open };
}
