// The page around the figures: light and dark, the glossary, and what has been read.
// @ts-check

const DWELL = 3000; // milliseconds that a heading must stay on the screen, so that scrolling past is not reading
/** @type {Record<string, string>} */
const THEMES = { auto: /* say */ "auto", light: /* say */ "light", dark: /* say */ "dark" };
const switchButton = document.querySelector("[data-theme-switch]");

/** @param {string} theme */
function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const name = switchButton?.querySelector("[data-theme-name]");
  if (name) name.textContent = THEMES[theme];
}

switchButton?.addEventListener("click", () => {
  const now = document.documentElement.dataset.theme ?? "auto";
  const names = Object.keys(THEMES);
  const next = names[(names.indexOf(now) + 1) % names.length];
  showTheme(next);
  keep("theme", next);
});

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
  const { seen, of, done } = Object(parse(recall(`read:${lesson}`)));
  return {
    seen: Array.isArray(seen) ? seen.filter((id) => typeof id === "string") : [],
    of: Number.isInteger(of) ? of : 0,
    done: done === true,
  };
}

function showReading() {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-state-of]"))) {
    const { seen, of, done } = reading(place.dataset.stateOf ?? "");
    place.dataset.own ??= place.textContent ?? "";
    place.dataset.read = done ? "done" : seen.length ? "begun" : "";
    place.textContent = done ? /* say */ "done" : seen.length ? /* say */ `${seen.length} of ${of} sections read` : place.dataset.own;
  }
  if (doneButton) doneButton.textContent = reading(lesson).done ? /* say */ "Done. Mark as not done" : /* say */ "Mark this lesson as done";
}

const headings = [...document.querySelectorAll("h2[id]:not(.closer *)")]; // a fold may stay closed
const numbered = headings.filter((heading) => heading.querySelector(".part"));
const sections = numbered.length ? numbered : headings;
const doneButton = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-done]"));

/** @param {Partial<Reading>} changes */
function note(changes) {
  keep(`read:${lesson}`, JSON.stringify({ ...reading(lesson), of: sections.length, ...changes }));
  showReading();
}

if (lesson && sections.length && doneButton) {
  const ids = new Set(sections.map(({ id }) => id));
  note({ seen: reading(lesson).seen.filter((id) => ids.has(id)) }); // an older edition may have had others
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
    if (target === doneButton) note({ done: done || sections.every(({ id }) => seen.includes(id)) });
    else {
      note({ seen: [...new Set([...seen, target.id])] });
      keep("last", JSON.stringify({ lesson, section: target.id }));
    }
  };
  for (const target of [...sections, doneButton]) watch.observe(target);
}

function refresh() {
  const theme = recall("theme") ?? "";
  showTheme(Object.hasOwn(THEMES, theme) ? theme : (document.documentElement.dataset.theme ?? "auto"));
  showReading();
}
refresh();
// What another page wrote shows here too: while both are open, and when the browser brings a kept page back.
addEventListener("storage", refresh);
addEventListener("pageshow", ({ persisted }) => persisted && refresh());

// ------------------------------------------------------------------ moving on

const moving = /** @type {HTMLScriptElement} */ (document.currentScript).dataset.moving ?? "";
/** The script of what is not wanted at first paint (moving.js). @type {Promise<unknown> | null} */
let moved = null;
const bringMoving = () => (moved ??= runScript(moving).catch(() => (moved = null))); // the next that wants it tries again

// The table of contents comes as soon as the reader does anything, where there is room for it.
for (const type of ["scroll", "pointermove", "focusin"])
  addEventListener(type, () => lesson && !moved && innerWidth >= 1200 && bringMoving(), { passive: true });
document.addEventListener("keydown", ({ key, target }) => {
  if (key !== "?" || isTyping(target)) return;
  void bringMoving().then(() => document.dispatchEvent(new Event("page:keys")));
});

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

// ------------------------------------------------------------------ what did not come with the page

// Scripts run when the style sheet has come, or will not. Until here, the page says that its script has not run.
const lacking = document.querySelector("[data-lacking]");
lacking?.querySelector("[data-unscripted]")?.remove();
const styled = getComputedStyle(document.documentElement).getPropertyValue("--paper") !== "";
if (styled) lacking?.remove();
