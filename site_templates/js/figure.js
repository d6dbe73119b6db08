// <py-figure>: a figure in the page. It brings together what a reader does (input.js), its states (states.js and
// machine.js), what is drawn (draw.js), and the address (address.js).
// @ts-check

const NEAR = "400px"; // how far below the window a figure may be when Python starts

const configElement = document.getElementById("python-config");
const python = configElement ? new Python(JSON.parse(configElement.textContent ?? "")) : null;

class PyFigure extends HTMLElement {
  /** The page's Python, shared by all its figures. */
  static python = python;
  /** Whether stores may answer: not once the code that made them has been edited. */
  static stores = true;

  /** @type {Machine | null} */
  machine = null;
  /** @type {Ticker} */
  ticker = new Ticker(this);
  /** Whether the address tells of the state that it is in. */
  addressed = false;
  /** Controls whose presses wait for Python to start. @type {Element[]} */
  #pressed = [];

  /**
   * @param {string} id
   * @returns {PyFigure | null}
   */
  static withId(id) {
    const found = document.getElementById(id);
    return found instanceof PyFigure ? found : null;
  }

  connectedCallback() {
    if (!python) return;
    const machine = (this.machine = new Machine(this, python));
    python.addEventListener("change", () => python.state !== "idle" && machine.happen(python.state));
    python.addEventListener("progress", () => this.#lamp());
    listen(this);
    bringBack(this);
    if (this.hasAttribute("still")) return; // nothing to press: Python is wanted only for edited code
    new IntersectionObserver(
      (entries, observer) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        if (this.dataset.model) bringDemand(python.config.demandScript);
        machine.happen("near");
      },
      { rootMargin: NEAR },
    ).observe(this);
  }

  /** Whether every event so far has been answered. */
  get quiet() {
    return this.machine?.quiet ?? true;
  }

  /** What the reader has made of the figure: for the same figure of a page that takes this one's place. */
  get left() {
    const { asked, kept = {}, queue = [] } = this.machine ?? {};
    return { state: asked ?? kept, queue };
  }

  /**
   * Go on where the figure of an earlier page stopped.
   *
   * @param {any} left  what that one left; of any shape
   */
  resume(left) {
    const { state, queue } = Object(left);
    const machine = this.machine;
    if (!machine) return;
    const changed = isState(state) && Object.keys(state).length > 0;
    if (changed && !machine.asked) machine.takeUp(state);
    for (const { event, args, drag } of Array.isArray(queue) ? queue.map(Object) : [])
      if (typeof event === "string" && Array.isArray(args)) machine.push({ event, args, drag, at: performance.now() });
  }

  /**
   * Send an event to the figure's code.
   *
   * @param {string} event
   * @param {(string | number)[]} args
   * @param {number} at
   * @param {string} [drag]
   */
  send(event, args, at, drag) {
    // The address tells of a state that was shared; from here on it would tell of another.
    if (this.addressed) history.replaceState(null, "", `#${this.id}`);
    this.addressed = false;
    if (event === "reset") throwAway(this);
    this.machine?.push({ event, args, at, drag });
  }

  /**
   * Mark a control whose press is kept until Python has started.
   *
   * @param {Element} control
   */
  mark(control) {
    if (!this.machine?.queue.length || python?.state === "ready") return;
    control.setAttribute("aria-busy", "true");
    this.#pressed.push(control);
  }

  /** Nothing waits any more. */
  unmark() {
    for (const control of this.#pressed.splice(0)) control.removeAttribute("aria-busy");
  }

  /** The button in the message was pressed. */
  retry() {
    this.machine?.happen("retry");
  }

  /**
   * Draw anew with the code that is in force now.
   *
   * @param {boolean} own  also when Python has not drawn this figure yet
   */
  remake(own) {
    this.machine?.remake(own);
  }

  /**
   * Bring the caption bar up to date; text that has not changed is not touched, so that it is spoken once.
   *
   * @param {"static" | "starting" | "live" | "failed" | null} state  null: as it was
   * @param {string} message
   * @param {string} press  what stands on the message's button
   */
  tell(state, message, press) {
    if (state && this.getAttribute("state") !== state) this.setAttribute("state", state);
    const line = /** @type {HTMLElement | null} */ (this.querySelector("[data-message]"));
    const [text, button] = line?.children ?? [];
    if (line && text && text.textContent !== message) {
      text.textContent = message;
      line.hidden = !message;
    }
    if (button && button.textContent !== press) button.textContent = press;
    this.#lamp();
  }

  #lamp() {
    const lamp = this.querySelector("[data-lamp]");
    const state = this.getAttribute("state") ?? "";
    if (!lamp || !python) return;
    const part = Math.min(99, Math.floor((100 * python.loaded) / python.total));
    const still = state === "static" && this.machine?.store && PyFigure.stores ? "instant" : state;
    const name = LAMP[still] ?? still;
    const text = state === "starting" && part > 0 ? `${name} ${part} %` : name;
    if (lamp.textContent !== text) lamp.textContent = text;
  }
}

/** What stands beside the lamp in each state. @type {Record<string, string>} */
const LAMP = {
  static: /* say */ "static",
  instant: /* say */ "instant",
  starting: /* say */ "starting",
  live: /* say */ "live",
  failed: /* say */ "failed",
};

/** The script of files on demand (demand.js) comes with the first figure that names some. @type {Promise<unknown> | null} */
let demandScript = null;

/** @param {string} file */
function bringDemand(file) {
  demandScript ??= runScript(file).catch(() => (demandScript = null)); // the next such figure tries again
}

customElements.define("py-figure", PyFigure);
goTo();
window.addEventListener("hashchange", goTo);
