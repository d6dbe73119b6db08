// What a reader does with pointer, keys and fields, as events of a figure. The markup declares them; see the author guide.
// @ts-check

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  PageUp: [0, -10],
  PageDown: [0, 10],
  Home: [-1000, 0], // as far as the figure lets it
  End: [1000, 0],
});
// Raw updates come as the pointer moves, not once a frame: Python can answer before the next frame is drawn.
const MOVE = "onpointerrawupdate" in window ? "pointerrawupdate" : "pointermove";
const MOST_BYTES = 1_000_000; // of a file, where the markup says nothing

/** @param {PyFigure} figure */
function listen(figure) {
  const dragging = new Dragging(figure);
  figure.addEventListener("click", (event) => click(figure, event, dragging));
  for (const type of ["input", "change"]) figure.addEventListener(type, (event) => edit(figure, event));
  figure.addEventListener("keydown", (event) => key(figure, event));
  // A control must not submit, scroll or do anything of its own before Python answers.
  figure.addEventListener("submit", (event) => event.preventDefault());
}

/**
 * @param {PyFigure} figure
 * @param {MouseEvent} event
 * @param {Dragging} dragging
 */
function click(figure, event, dragging) {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("[data-reset]")) return figure.send("reset", [], event.timeStamp);
  if (target.closest("[data-retry]")) return figure.retry();
  if (target.closest("[data-share]")) return void share(figure);
  const control = /** @type {HTMLElement | null} */ (target.closest("[data-on-click]"));
  if (control) {
    figure.send(control.dataset.onClick ?? "", argument(control), event.timeStamp);
    return figure.mark(control);
  }
  if (dragging.justEnded()) return;
  const surface = /** @type {SVGSVGElement | null} */ (target.closest("[data-surface]"));
  if (surface) place(figure, event, surface.dataset.surface ?? "", surface);
}

/**
 * @param {PyFigure} figure
 * @param {Event} event
 */
function edit(figure, event) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (event.type === "change" && field.dataset.onFile) return void openFile(figure, field, event.timeStamp);
  const handler = event.type === "input" ? field.dataset.onInput : field.dataset.onChange;
  if (!handler) return;
  const value = field.type === "checkbox" ? String(field.checked) : field.value;
  if (field.dataset.runs) keepText(figure, value);
  // As of a drag, only the newest counts: a paste of many lines may come as an event for each of them.
  const typed = event.type === "input" ? `typed into ${field.dataset.control}` : undefined;
  figure.send(handler, [...argument(field), value], event.timeStamp, typed);
}

/**
 * Read a file in the page, and send its name and its text.
 *
 * @param {PyFigure} figure
 * @param {HTMLInputElement} field
 * @param {number} at
 */
async function openFile(figure, field, at) {
  const file = field.files?.[0];
  if (!file) return;
  const { onFile = "", mostBytes } = field.dataset;
  const most = Number(mostBytes) || MOST_BYTES;
  const name = `“${shorten(file.name, 60)}”`;
  const text = file.size > most ? "" : await textOf(file);
  field.value = ""; // so that the same file can be opened again when it has been changed
  if (file.size > most)
    figure.machine?.mention(/* say */ `${name} has ${bytes(file.size)}, and at most ${bytes(most)} can be read here. Nothing was changed.`);
  else if (text === null) figure.machine?.mention(/* say */ `${name} is not a text file (UTF-8). Nothing was changed.`);
  else figure.send(onFile, [...argument(field), file.name, text], at);
}

/**
 * The text of a file; null when it is none.
 *
 * @param {File} file
 */
async function textOf(file) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

/** @param {number} count */
function bytes(count) {
  return count < 1e6 ? `${Math.ceil(count / 1000).toLocaleString("en")} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

/**
 * @param {PyFigure} figure
 * @param {KeyboardEvent} event
 */
function key(figure, event) {
  if (event.target instanceof HTMLInputElement && event.target.dataset.completes) return complete(figure, event, event.target);
  const handle = /** @type {Element} */ (event.target).closest("[data-drag]");
  const step = ARROWS[event.key];
  if (!handle || !step || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const size = event.shiftKey ? 8 : 1;
  figure.send("nudge", [handle.getAttribute("data-drag") ?? "", step[0] * size, step[1] * size], event.timeStamp);
}

/**
 * Enter takes the first completion of what was typed, and Escape goes back to what is in force, the placeholder.
 *
 * @param {PyFigure} figure
 * @param {KeyboardEvent} event
 * @param {HTMLInputElement} box
 */
function complete(figure, event, box) {
  const hint = figure.querySelector(`[data-hint="${CSS.escape(box.dataset.completes ?? "")}"]`);
  if (!hint?.hasChildNodes() || event.isComposing) return;
  const first = hint.querySelector("button");
  if (event.key === "Enter" && first) {
    box.value = first.textContent ?? "";
    first.click();
  } else if (event.key === "Escape") {
    box.value = box.placeholder;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** A handle that follows the pointer. */
class Dragging {
  /** @type {{ name: string, svg: SVGSVGElement, pointer: number } | null} */
  #held = null;
  #moved = false;

  /** @param {PyFigure} figure */
  constructor(figure) {
    this.figure = figure;
    figure.addEventListener("pointerdown", (event) => this.#grab(event));
    // A finger on a handle drags and does not scroll. touch-action would say it, but not for parts of an SVG.
    figure.addEventListener("touchstart", holdStill, { passive: false });
    figure.addEventListener(MOVE, (event) => this.#move(/** @type {PointerEvent} */ (event)));
    figure.addEventListener("pointerup", (event) => {
      if (this.#held && !this.#moved) this.#move(event); // a press on the handle that did not move still means "here"
    });
    figure.addEventListener("lostpointercapture", () => {
      this.#held = null;
      figure.toggleAttribute("dragging", false);
    });
  }

  /** Whether a click is the end of a drag, and says nothing of its own. */
  justEnded() {
    const moved = this.#moved;
    this.#moved = false;
    return moved;
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    const handle = /** @type {SVGElement | null} */ (/** @type {Element} */ (event.target).closest("[data-drag]"));
    this.#moved = false;
    if (!handle || !handle.ownerSVGElement || event.button !== 0) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    // The figure takes the pointer, not the handle: the handle may be redrawn while it is held.
    this.figure.setPointerCapture(event.pointerId);
    this.#held = { name: handle.dataset.drag ?? "", svg: handle.ownerSVGElement, pointer: event.pointerId };
    this.figure.toggleAttribute("dragging", true);
    this.figure.machine?.happen("grab");
    if (handle.dataset.onGrab) this.figure.send(handle.dataset.onGrab, [], event.timeStamp);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (this.#held?.pointer !== event.pointerId) return;
    this.#moved = true;
    place(this.figure, event, this.#held.name, this.#held.svg);
  }
}

/**
 * Send a place in the picture, in the units of its viewBox.
 *
 * @param {PyFigure} figure
 * @param {MouseEvent} event
 * @param {string} name
 * @param {SVGSVGElement} svg
 */
function place(figure, event, name, svg) {
  const toPicture = svg.getScreenCTM()?.inverse();
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(toPicture);
  figure.send("drag", [name, round(x), round(y)], event.timeStamp, name);
}

/** @param {TouchEvent} event */
function holdStill(event) {
  if (/** @type {Element} */ (event.target).closest("[data-drag]")) event.preventDefault();
}

/** @param {HTMLElement} control */
function argument(control) {
  return control.dataset.arg === undefined ? [] : [control.dataset.arg];
}

/** @param {number} x */
function round(x) {
  return Math.round(x * 100) / 100;
}
