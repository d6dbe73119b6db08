// Where the site lies, and what it keeps in the browser: one origin may hold several sites, and other programs.
// @ts-check

const SITE = new URL("../", /** @type {HTMLScriptElement} */ (document.currentScript).src).href;
const MINE = `${new URL(SITE).pathname} `; // before the name of all that is kept

/**
 * A file of the site by its address; empty for what lies elsewhere.
 *
 * @param {string} url
 */
function pathOf(url) {
  if (!url.startsWith(SITE)) return "";
  const path = url.split(/[?#]/)[0].slice(SITE.length);
  try {
    return decodeURIComponent(path) || "index.html";
  } catch {
    return ""; // a stray % that came with a link
  }
}

/**
 * @param {string} key
 * @param {string} value
 * @param {"localStorage" | "sessionStorage"} storage
 */
function keep(key, value, storage = "localStorage") {
  try {
    window[storage].setItem(MINE + key, value);
    return true;
  } catch {
    return false; // storage is off or full: it holds for this page
  }
}

/**
 * @param {string} key
 * @param {"localStorage" | "sessionStorage"} storage
 */
function recall(key, storage = "localStorage") {
  try {
    return window[storage].getItem(MINE + key);
  } catch {
    return null;
  }
}

/**
 * What was kept as JSON; null for what is none. Whoever shares the origin may have written it, so its shape is unknown.
 *
 * @param {string | null} text
 * @returns {any}
 */
function parse(text) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

const FIELDS = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=range])";

/**
 * Whether a key is a letter to what it is pressed in.
 *
 * @param {EventTarget | null} target
 */
function isTyping(target) {
  return target instanceof Element && target.closest(FIELDS) !== null;
}

/**
 * Tell that a file of this version did not come: a newer one may have taken its place (version.js).
 *
 * @param {string} file
 */
function miss(file) {
  document.dispatchEvent(new CustomEvent("python:missing", { detail: file }));
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
    script.onerror = () => reject(Object.assign(new Error(`${source} could not be read`), { file: source }));
    document.head.append(script);
  });
}

/**
 * Run a script that hands over what it makes: it calls a function of the window with one that makes it.
 *
 * @param {string} source
 * @param {string} name  of the function that the script calls
 * @param {unknown} given  what the script needs of the page's own, with which it shares no names
 * @returns {Promise<any>}
 */
async function bring(source, name, given) {
  let made = null;
  Object.assign(window, { [name]: (/** @type {(given: unknown) => unknown} */ make) => (made = make(given)) });
  await runScript(source);
  if (!made) throw new Error(`${source} is damaged`);
  return made;
}
