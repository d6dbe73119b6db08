// Puts what Python drew into the page, and measures how long that took.
// @ts-check

const MEASURE = "figure:event→figure:painted";
const MORPH = {
  // Most of a part is as it was. To see that costs the browser little, to go through all of it much.
  beforeNodeMorphed: (/** @type {Node} */ old, /** @type {Node} */ fresh) => {
    if (old instanceof HTMLElement && fresh instanceof HTMLElement) takeStop(old, fresh);
    return !old.isEqualNode(fresh) || holdsField(old);
  },
  // A fold inside a figure stays as the reader left it: Python does not know whether it is open.
  beforeAttributeUpdated: (/** @type {string} */ name) => name !== "open",
};
const KEPT = 5000; // events whose measures are kept, so that a long session does not grow
const ALIEN = "script,iframe,frame,object,embed,base,meta,link,style,template,set,animate,animatemotion,animatetransform";
// Names of elements and attributes cannot be written in another way, as values can: what this does not find is not there.
const SUSPECT = new RegExp(`<(?:\\w+:)?(?:${ALIEN.replaceAll(",", "|")})\\b|[^a-z-]on[a-z]+\\s*=|(?:href|src|srcdoc|action)\\s*=`, "i");

/**
 * Show the parts that changed, and those that are new; return whether there were any.
 *
 * @param {HTMLElement} figure
 * @param {Record<string, string>} parts
 * @param {string[]} [order]  all parts that there are now, when others were there before
 */
function draw(figure, parts, order) {
  // What is being typed stays; anything else that has the focus, such as a handle, is redrawn like the rest.
  const focused = figure.contains(document.activeElement) ? document.activeElement?.closest("[data-part]") : null;
  const typing = document.activeElement?.matches("input, textarea") ?? false;
  if (order) arrange(figure, order);
  const changed = Object.entries(parts);
  for (const [name, html] of changed) {
    const part = partOf(figure, name) ?? addPart(figure, name);
    Idiomorph.morph(part, parsed(html), { morphStyle: "innerHTML", ignoreActiveValue: typing, callbacks: MORPH });
    keepStops(part);
  }
  // What had the focus may be gone, such as a completion that was chosen: its part's field takes over.
  if (focused && document.activeElement === document.body) {
    const next = /** @type {HTMLElement | null} */ (focused.querySelector("input") ?? focused.querySelector("button"));
    next?.focus({ preventScroll: true });
  }
  return changed.length > 0;
}

/**
 * A field may hold another text than its markup says, or another choice.
 *
 * @param {Node} node
 */
function holdsField(node) {
  const fields = "input, textarea, select";
  return node instanceof Element && (node.matches(fields) || node.querySelector(fields) !== null);
}

/**
 * @param {HTMLElement} figure
 * @param {string} name
 * @returns {HTMLElement | null}
 */
function partOf(figure, name) {
  return figure.querySelector(`[data-part="${CSS.escape(name)}"]`);
}

/**
 * @param {HTMLElement} figure
 * @param {string} name
 */
function addPart(figure, name) {
  const part = document.createElement("div");
  part.className = `part-${name}`;
  part.dataset.part = name;
  figure.querySelector(".body")?.append(part);
  return part;
}

/**
 * Bring the parts into an order; those that are gone are emptied, for they may come back.
 *
 * @param {HTMLElement} figure
 * @param {string[]} order
 */
function arrange(figure, order) {
  /** @type {Element | null} */
  let before = null;
  for (const name of order) {
    const part = partOf(figure, name) ?? addPart(figure, name);
    // Only a part that stands before its place is moved: moving takes the focus away.
    if (before && before.compareDocumentPosition(part) & Node.DOCUMENT_POSITION_PRECEDING) before.after(part);
    else if (!part.hasChildNodes()) before ? before.after(part) : part.parentElement?.prepend(part);
    before = part;
  }
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (figure.querySelectorAll("[data-part]")))
    if (!order.includes(part.dataset.part ?? "")) part.replaceChildren();
}

/**
 * A template's content costs less than the document that Idiomorph would make of text.
 *
 * @param {string} html
 */
function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  if (SUSPECT.test(html)) clean(template.content);
  return template.content.childNodes;
}

/**
 * Take out what could run, load or lead away: code that is not ours may have drawn this, and none of our figures
 * need it. An address within the page stays.
 *
 * @param {DocumentFragment} content
 */
function clean(content) {
  for (const element of content.querySelectorAll("*")) {
    if (ALIEN.split(",").includes(element.localName.toLowerCase())) element.remove();
    for (const { name, value } of [...element.attributes]) {
      const address = /(?:^|:)(?:href|src|srcdoc|action|formaction)$/i.test(name);
      if (/^on/i.test(name) || (address && !value.startsWith("#"))) element.removeAttribute(name);
    }
  }
}

let measured = 0;

/**
 * Measure from the reader's event to the frame that shows its answer.
 *
 * @param {string} id
 * @param {number} at
 */
function painted(id, at) {
  requestAnimationFrame(() => {
    const channel = new MessageChannel(); // its message comes right after the frame is drawn
    channel.port1.onmessage = () => {
      const start = performance.mark("figure:event", { startTime: at, detail: { id } });
      const end = performance.mark("figure:painted", { detail: { id } });
      performance.measure(MEASURE, { start: start.startTime, end: end.startTime, detail: { id } });
      if (++measured % KEPT === 0) for (const name of ["figure:event", "figure:painted"]) performance.clearMarks(name);
      if (measured % KEPT === 0) performance.clearMeasures(MEASURE);
      channel.port1.close();
    };
    channel.port2.postMessage(null);
  });
}
