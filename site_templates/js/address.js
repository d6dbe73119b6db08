// The address: a figure's place and its state, such as #fig-05~{"b":"dog"}. Links come cut, wrapped and encoded twice;
// what can be read of them counts, else at least the place.
// @ts-check

const LONGEST_LINK = 200_000; // characters; 20,000 of code may take nine each
const DEEPEST = 8; // brackets within brackets; a state has three at the most
const TRAILING = /[\s.,;:!?'"<>()[\]{}`*_’”»…]+$/; // what stands after a link in a text

/**
 * @typedef {object} Address
 * @property {string} id
 * @property {object | null} state  what it asks for
 * @property {string} problem       what is wrong with the state, in words
 */

/**
 * Read an address's fragment.
 *
 * @param {string} fragment  without its #
 * @returns {Address}
 */
function readAddress(fragment) {
  if (fragment.length > LONGEST_LINK) {
    const [id = ""] = fragment.slice(0, 200).split(/~|%7E/i);
    const length = fragment.length.toLocaleString("en");
    return { id, state: null, problem: /* say */ `This link is too long to be read: it has ${length} characters. The figure is as it was` };
  }
  let text = unescaped(fragment);
  if (/^[\w-]+%7E/i.test(text)) text = unescaped(text); // encoded twice
  const [id = "", written] = text.split(/~(.*)/s);
  if (written === undefined) return { id: id.replace(TRAILING, ""), state: null, problem: "" };
  const { state, whole } = readState(written);
  if (!state) return { id, state, problem: /* say */ "The state in this link cannot be read. The figure is as it was" };
  return { id, state, problem: whole ? "" : /* say */ "This link was cut short. The figure shows what could be read of it" };
}

/**
 * Read the object that a text starts with. Of one that is cut short, the fields that are whole.
 *
 * @param {string} text
 * @returns {{ state: object | null, whole: boolean }}
 */
function readState(text) {
  const nothing = { state: null, whole: false };
  if (text[0] !== "{") return nothing;
  let depth = 0;
  let inText = false;
  let comma = 0; // the last one between two fields
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] ?? "";
    if (inText) {
      if (letter === "\\") i++;
      else inText = letter !== '"';
    } else if (letter === '"') inText = true;
    else if (letter === "," && depth === 1) comma = i;
    else if ("{[".includes(letter) && ++depth > DEEPEST) return nothing;
    else if ("}]".includes(letter) && --depth === 0) return { state: object(text.slice(0, i + 1)), whole: true };
  }
  // A number that ends the text may have gone on, so it does not count.
  const last = /["\]}el]$/.test(text) ? object(`${text}}`) : null;
  return { state: last ?? (comma ? object(`${text.slice(0, comma)}}`) : null), whole: false };
}

/**
 * @param {string} text
 * @returns {object | null}
 */
function object(text) {
  const value = parse(text);
  return isState(value) ? value : null;
}

/**
 * @param {unknown} value
 * @returns {value is object}
 */
function isState(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Undo percent-encoding as far as it goes: a letter that was cut is left out, a stray % stays.
 *
 * @param {string} text
 */
function unescaped(text) {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    const bytes = run.slice(1).split("%").map((pair) => parseInt(pair, 16));
    return new TextDecoder().decode(new Uint8Array(bytes)).replaceAll("\ufffd", "");
  });
}

/** Go where the address points, and take up the state that it names. */
function goTo() {
  const { id, state, problem } = readAddress(location.hash.slice(1));
  const place = document.getElementById(id);
  if (!place) return;
  const figure = PyFigure.withId(id);
  if (figure?.machine) loadStore(figure.machine); // the reader comes for it: the page waits for its store
  // The browser itself goes to places that it finds.
  if (location.hash !== `#${id}`) reveal(place);
  if (!figure?.machine) return;
  if (state && !holdCode(figure, state)) {
    figure.machine.takeUp(state);
    figure.addressed = true;
  }
  if (problem) figure.machine.mention(`${problem}.`);
}

/** @param {Element} place */
function reveal(place) {
  for (let fold = place.closest("details:not([open])"); fold; fold = place.closest("details:not([open])"))
    fold.setAttribute("open", "");
  place.scrollIntoView();
}

/**
 * Put the figure's state into the address, and the address into the clipboard.
 *
 * @param {PyFigure} figure
 */
async function share(figure) {
  const state = JSON.stringify(figure.machine?.kept ?? {});
  // Also what encodeURIComponent leaves as it is: programs that look for links in a text end them there.
  const written = encodeURIComponent(state).replace(/[!'()*~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  if (written.length > LONGEST_LINK) return figure.machine?.mention(/* say */ "This is too long for a link.");
  history.replaceState(null, "", state === "{}" ? `#${figure.id}` : `#${figure.id}~${written}`);
  figure.addressed = true;
  const button = figure.querySelector("[data-share]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = /* say */ "copied";
  } catch {
    button.textContent = /* say */ "in the address bar";
  }
  setTimeout(() => (button.textContent = /* say */ "link"), 2000);
}
