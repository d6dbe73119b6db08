// The page around the figures: light and dark, predictions, the glossary, and what has been read.
// @ts-check

const DWELL = 3000; // milliseconds that a heading must stay on the screen, so that scrolling past is not reading
const THEMES = ["auto", "light", "dark"];
const switchButton = document.querySelector("[data-theme-switch]");

/** @param {string} theme */
function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const name = switchButton?.querySelector("[data-theme-name]");
  if (name) name.textContent = theme;
}

// A prediction stands: the first answer that is chosen is the answer.
for (const question of document.querySelectorAll(".question")) {
  question.addEventListener("change", () => {
    for (const input of question.querySelectorAll("input")) input.disabled = !input.checked;
  });
}

switchButton?.addEventListener("click", () => {
  const now = document.documentElement.dataset.theme ?? "auto";
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  showTheme(next);
  keep("theme", next);
});

/**
 * @param {string} key
 * @param {string} value
 */
function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is off: it holds for this page.
  }
}

/** @param {string} key */
function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

// ------------------------------------------------------------------ the glossary

// Escape closes an explanation without moving the pointer or the focus; it opens again when one comes back.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const term of document.querySelectorAll(".term:is(:hover, :focus-within)")) term.toggleAttribute("data-quiet", true);
});
for (const term of document.querySelectorAll(".term"))
  for (const type of ["mouseenter", "focusin"]) term.addEventListener(type, () => term.removeAttribute("data-quiet"));

// ------------------------------------------------------------------ what has been read

/**
 * How far a lesson has been read: its sections that were on the screen, of how many, and whether it is done.
 *
 * @typedef {{ seen: string[], of: number, done: boolean }} Reading
 */

/**
 * @param {string} lesson
 * @returns {Reading}
 */
function reading(lesson) {
  try {
    return { seen: [], of: 0, done: false, ...JSON.parse(recall(`read:${lesson}`) ?? "{}") };
  } catch {
    return { seen: [], of: 0, done: false };
  }
}

function showReading() {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-state-of]"))) {
    const { seen, of, done } = reading(place.dataset.stateOf ?? "");
    place.dataset.own ??= place.textContent ?? "";
    place.dataset.read = done ? "done" : seen.length ? "begun" : "";
    place.textContent = done ? "done" : seen.length ? `${seen.length} of ${of} sections read` : place.dataset.own;
  }
  if (doneButton) doneButton.textContent = reading(lesson).done ? "Done. Mark as not done" : "Mark this lesson as done";
}

const lesson = /** @type {HTMLElement | null} */ (document.querySelector("[data-lesson]"))?.dataset.lesson ?? "";
const sections = document.querySelectorAll("h2[id]");
const doneButton = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-done]"));

/** @param {Partial<Reading>} changes */
function note(changes) {
  keep(`read:${lesson}`, JSON.stringify({ ...reading(lesson), of: sections.length, ...changes }));
  showReading();
}

if (lesson && sections.length && doneButton) {
  note({});
  doneButton.hidden = false;
  doneButton.addEventListener("click", () => note(reading(lesson).done ? { done: false, seen: [] } : { done: true }));
  /** @type {Map<Element, number>} */
  const timers = new Map();
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      clearTimeout(timers.get(target));
      if (isIntersecting) timers.set(target, setTimeout(() => seenLongEnough(target), DWELL));
    }
  });
  /** @param {Element} target */
  const seenLongEnough = (target) => {
    const { seen, done } = reading(lesson);
    if (target === doneButton) note({ done: done || [...sections].every(({ id }) => seen.includes(id)) });
    else note({ seen: [...new Set([...seen, target.id])] });
  };
  for (const target of [...sections, doneButton]) watch.observe(target);
}

function refresh() {
  showTheme(recall("theme") ?? document.documentElement.dataset.theme ?? "auto");
  showReading();
}
refresh();
// What another page wrote shows here too: while both are open, and when the browser brings a kept page back.
addEventListener("storage", refresh);
addEventListener("pageshow", ({ persisted }) => persisted && refresh());

// ------------------------------------------------------------------ figures out of sight

const SETTLED = 1000; // milliseconds after which the page's sizes stand
let width = 0;
let settling = 0;

/** Figures out of sight keep the room that they have, and are laid out and drawn again when they come near. */
function settle() {
  if (width === innerWidth) return; // a phone's bars come and go
  width = innerWidth;
  document.documentElement.toggleAttribute("data-settled", false);
  clearTimeout(settling);
  settling = setTimeout(() => document.documentElement.toggleAttribute("data-settled", true), SETTLED);
}

for (const type of ["load", "resize"]) addEventListener(type, settle);
