// Groups of controls (data-group: horizontal, vertical or both) are one stop of the Tab key; arrows, Home and End move
// within them: https://www.w3.org/WAI/ARIA/apg/practices/keyboard-interface/#kbd_roving_tabindex
// @ts-check

// Fields need the arrows for themselves, and so does what can be dragged.
const MEMBERS = ":is(button, a[href], summary, [tabindex], input:is([type=radio], [type=checkbox])):not(:disabled, [data-drag])";
const CHOSEN = ':is([aria-pressed="true"], [aria-checked="true"], [aria-selected="true"], [aria-current], :checked)';
const KEYS = /** @type {Record<string, Record<string, "next" | "before" | "first" | "last" | "up" | "down">>} */ ({
  horizontal: { ArrowRight: "next", ArrowLeft: "before", Home: "first", End: "last" },
  vertical: { ArrowDown: "next", ArrowUp: "before", Home: "first", End: "last" },
  both: { ArrowRight: "next", ArrowLeft: "before", ArrowDown: "down", ArrowUp: "up", Home: "first", End: "last" },
});

/**
 * @param {Element} group
 * @returns {HTMLElement[]}
 */
function members(group) {
  return [...group.querySelectorAll(MEMBERS)].filter((member) => member.closest("[data-group]") === group).map((m) => /** @type {HTMLElement} */ (m));
}

/**
 * Make each group below an element one stop: where the reader was last, else what is chosen, else its first member.
 *
 * @param {Element | Document} root
 */
function keepStops(root) {
  const own = root instanceof Element ? root.closest("[data-group]") : null;
  for (const group of [...(own ? [own] : []), ...root.querySelectorAll("[data-group]")]) {
    const all = members(group);
    const stop =
      all.find((member) => member === document.activeElement) ??
      all.find((member) => member === lastStops.get(group)) ??
      all.find((member) => member.matches(CHOSEN)) ??
      all[0];
    if (stop) moveStop(all, stop);
  }
}

/** Where the reader was last. @type {WeakMap<Element, HTMLElement>} */
const lastStops = new WeakMap();

/**
 * @param {HTMLElement[]} all
 * @param {HTMLElement} stop
 */
function moveStop(all, stop) {
  for (const member of all) {
    const index = member === stop ? "0" : "-1";
    if (member.getAttribute("tabindex") !== index) member.setAttribute("tabindex", index);
  }
}

/**
 * Let a member of a group that is drawn anew be a stop, or none, as it was: `keepStops` has the last word.
 *
 * @param {HTMLElement} old
 * @param {HTMLElement} fresh
 */
function takeStop(old, fresh) {
  const index = old.getAttribute("tabindex");
  if (index !== null && fresh.matches(MEMBERS) && fresh.closest("[data-group]") && !fresh.hasAttribute("tabindex")) fresh.setAttribute("tabindex", index);
}

/**
 * The member above or below another, as they lie on the screen: the one least to the side.
 *
 * @param {HTMLElement[]} all
 * @param {HTMLElement} from
 * @param {1 | -1} direction  1 for down
 */
function beside(all, from, direction) {
  const middle = (/** @type {Element} */ member) => {
    const { left, top, width, height } = member.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2, height };
  };
  const here = middle(from);
  let best;
  let least = Infinity;
  for (const member of all) {
    const { x, y } = middle(member);
    const along = (y - here.y) * direction;
    if (along <= here.height / 2) continue;
    const far = along + 2 * Math.abs(x - here.x);
    if (far < least) [best, least] = [member, far];
  }
  return best;
}

document.addEventListener("keydown", (event) => {
  const from = /** @type {HTMLElement} */ (event.target);
  const group = from.closest?.("[data-group]");
  const move = group && KEYS[group.getAttribute("data-group") ?? ""]?.[event.key];
  if (!group || !move || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const all = members(group);
  const at = all.indexOf(from);
  if (at < 0) return;
  event.preventDefault(); // of radio buttons, too: to look at an answer is not to choose it
  const to = {
    next: () => all[(at + 1) % all.length],
    before: () => all.at(at - 1),
    first: () => all[0],
    last: () => all.at(-1),
    up: () => beside(all, from, -1),
    down: () => beside(all, from, 1),
  }[move]();
  to?.focus();
});

document.addEventListener("focusin", ({ target }) => {
  const group = /** @type {Element} */ (target).closest?.("[data-group]");
  if (!group) return;
  const all = members(group);
  const stop = all.find((member) => member === target);
  if (!stop) return;
  lastStops.set(group, stop);
  moveStop(all, stop);
});

keepStops(document);
