// "Show the code": functions of pycore that the reader may change; every figure then runs the reader's version.
// @ts-check

/** Panels by figure, once their script has come. @type {Record<string, string> | null} */
let panels = null;
/** The reader's versions that are in force, by the function's name. @type {Map<string, string>} */
const inForce = new Map();

for (const details of document.querySelectorAll("[data-source]")) {
  details.addEventListener("toggle", () => void openPanel(/** @type {HTMLDetailsElement} */ (details)));
  details.addEventListener("click", (event) => pressInPanel(/** @type {Element} */ (event.target)));
  details.addEventListener("input", (event) => keepSource(/** @type {HTMLTextAreaElement} */ (event.target)));
}
for (const button of document.querySelectorAll("[data-take]"))
  button.addEventListener("click", () => void giveAway(/** @type {PyFigure} */ (button.closest("py-figure"))));
python?.addEventListener("change", () => {
  if (python.state !== "failed" || !inForce.size) return;
  // It may have been the reader's version that Python did not come back from.
  const names = [...inForce.keys()];
  inForce.clear();
  for (const name of names) say(name, /* say */ "Python stopped, and the original is in force again. Your text is kept.");
  setTimeout(() => remakeAll(null)); // after the figures have heard of it
});

/**
 * Draw figures anew: the one whose panel it is first.
 *
 * @param {Element | null} own
 */
function remakeAll(own) {
  const others = [...document.querySelectorAll("py-figure")].filter((figure) => figure !== own);
  for (const figure of own ? [own, ...others] : others) /** @type {PyFigure} */ (figure).remake(figure === own);
}

/**
 * HTML of a figure's panel; its script comes first, if it has not come yet.
 *
 * @param {Element | null} figure
 */
async function panelOf(figure) {
  if (!panels) {
    Object.assign(window, { pyCode: (/** @type {Record<string, string>} */ all) => (panels = all) });
    await runScript(python?.config.code ?? "");
  }
  return panels?.[figure?.id ?? ""] ?? "";
}

/** @param {HTMLDetailsElement} details */
async function openPanel(details) {
  if (!details.open || details.querySelector("textarea")) return;
  const place = /** @type {HTMLElement} */ (details.querySelector("[data-panel]"));
  try {
    place.innerHTML = await panelOf(details.closest("py-figure"));
    for (const field of details.querySelectorAll("textarea")) bringBackSource(field);
    for (const [name, text] of inForce) for (const field of fieldsOf(name)) field.value = text;
  } catch {
    place.textContent = /* say */ "The code could not be loaded. Close this and open it again.";
    miss(python?.config.code ?? "");
  }
}

/** @param {Element} target */
function pressInPanel(target) {
  const section = /** @type {HTMLElement | null} */ (target.closest("[data-function]"));
  const field = section?.querySelector("textarea");
  if (!section || !field) return;
  const run = target.closest("[data-source-run]");
  if (run) void putInForce(section, field.value);
  else if (target.closest("[data-source-reset]")) {
    forget(keyOf(section.dataset.function ?? ""));
    void putInForce(section, null);
  }
}

/** @param {HTMLTextAreaElement} field */
function keepSource(field) {
  const name = /** @type {HTMLElement | null} */ (field.closest("[data-function]"))?.dataset.function ?? "";
  if (field.value === field.defaultValue) forget(keyOf(name));
  else keep(keyOf(name), field.value);
}

/**
 * Bring back what the reader wrote on an earlier visit. It is not in force until it is run: it may have ended Python.
 *
 * @param {HTMLTextAreaElement} field
 */
function bringBackSource(field) {
  const name = /** @type {HTMLElement | null} */ (field.closest("[data-function]"))?.dataset.function ?? "";
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
  if (!python) return;
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

/** The script that gives figures away (take.js), once it was asked for. @type {Promise<void> | null} */
let taking = null;

/** @param {PyFigure} figure */
async function giveAway(figure) {
  try {
    await (taking ??= runScript(python?.config.take ?? ""));
    const panel = figure.querySelector("[data-source]") ? await panelOf(figure) : "";
    pyTake(figure, panel, inForce, SITE + python?.config.wheel);
  } catch {
    taking = null;
    announce(/* say */ "It did not come: the network seems to be away.");
  }
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

/**
 * Show what the reader's code printed when it last did, under the figure's code.
 *
 * @param {PyFigure} figure
 * @param {string} text
 * @param {boolean} isCut
 */
function showPrinted(figure, text, isCut) {
  const panel = figure.querySelector("[data-source]");
  const lines = panel?.querySelector("[data-printed]") ?? document.createElement("pre");
  lines.textContent = `${/* say */ "Printed:"}\n${text}${isCut ? `\n${/* say */ "… and more"}` : ""}`;
  if (lines.isConnected) return;
  lines.className = "code";
  lines.setAttribute("data-printed", "");
  lines.setAttribute("tabindex", "0");
  panel?.append(lines);
}
