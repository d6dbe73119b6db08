// <py-figure>: sends what a reader does to Python and puts what comes back into the page.
// @ts-check

/**
 * An event on its way to Python.
 *
 * @typedef {{ event: string, args: (string | number)[], at: number, drag?: string }} FigureEvent
 */

const NEAR = "400px"; // how far below the window a figure may be when Python starts
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
const MEASURE = "figure:event→figure:painted";
const KEPT = 5000; // events whose measures are kept, so that a long session does not grow
// Raw updates come as the pointer moves, not once a frame: Python can answer before the next frame is drawn.
const MOVE = "onpointerrawupdate" in window ? "pointerrawupdate" : "pointermove";

const configElement = document.getElementById("python-config");
const python = configElement ? new Python(JSON.parse(configElement.textContent ?? "")) : null;

/**
 * The states, as the attribute `state` tells them:
 *
 *     static ──wanted──▶ starting ──mounted──▶ live ◀──▶ failed (it raised, or Python is gone)
 *
 * The picture is there in every state. Until "live", events are answered from the figure's store, which the build
 * made; those that it does not know are kept, in order, and sent to Python when it is there.
 */
class PyFigure extends HTMLElement {
  /** The page's Python, shared by all its figures. */
  static python = python;
  /** Whether stores may answer: not once the code that made them has been edited. */
  static stores = true;

  /** @type {FigureEvent[]} */
  #queue = [];
  #busy = false;
  #mounted = false;
  #wanted = false;
  /** Whether the page shows another picture than the one that the build made. */
  #drawn = false;
  /** The state that Python last reported: given back when the figure is mounted anew. */
  #state = /** @type {object | null} */ (null);
  /** A state that the address asks for; it goes first. */
  #asked = /** @type {object | null} */ (null);
  /** What to tell of an event of this figure that Python did not survive. */
  #stopped = "";
  /**
   * It waits for a press: Python did not survive drawing it, and it shall not stop the others again ("stopped"), or
   * its data did not come ("missing").
   *
   * @type {"" | "stopped" | "missing"}
   */
  #held = "";
  /** @type {{ name: string, svg: SVGSVGElement, pointer: number } | null} */
  #dragging = null;
  #dragged = false;
  #ticking = false;
  /** @type {Store | null} */
  #store = null;
  /** @type {Promise<void> | null} */
  #loading = null;
  #near = false;

  connectedCallback() {
    if (!python) return;
    python.addEventListener("change", () => this.#follow());
    python.addEventListener("progress", () => this.#lamp());
    this.#listen();
    this.#fromAddress();
    window.addEventListener("hashchange", () => this.#fromAddress());
    if (this.hasAttribute("still")) return; // nothing to press: Python is wanted only for edited code
    new IntersectionObserver(
      (entries, observer) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        this.#comeNear();
      },
      { rootMargin: NEAR },
    ).observe(this);
  }

  /** Whether every event so far has been answered. */
  get quiet() {
    return !this.#busy && this.#queue.length === 0 && (this.#mounted || !this.#wanted);
  }

  // ---------------------------------------------------------------- what a reader does

  #listen() {
    this.addEventListener("click", (event) => this.#click(event));
    for (const type of ["input", "change"]) this.addEventListener(type, (event) => this.#edit(event));
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("pointerdown", (event) => this.#grab(event));
    // A finger on a handle drags and does not scroll. touch-action would say it, but not for parts of an SVG.
    this.addEventListener("touchstart", holdStill, { passive: false });
    this.addEventListener(MOVE, (event) => this.#move(/** @type {PointerEvent} */ (event)));
    this.addEventListener("pointerup", (event) => this.#release(event));
    this.addEventListener("lostpointercapture", () => this.#drop());
    // A control must not submit, scroll or do anything of its own before Python answers.
    this.addEventListener("submit", (event) => event.preventDefault());
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    if (target.closest("[data-reset]")) return this.#send(event, "reset", []);
    if (target.closest("[data-retry]")) return this.#retry(event);
    if (target.closest("[data-share]")) return void this.#share();
    const control = /** @type {HTMLElement | null} */ (target.closest("[data-on-click]"));
    if (control) return this.#send(event, control.dataset.onClick ?? "", argument(control));
    if (this.#dragged) return void (this.#dragged = false);
    const surface = /** @type {SVGSVGElement | null} */ (target.closest("[data-surface]"));
    if (surface) this.#place(event, surface.dataset.surface ?? "", surface);
  }

  /** @param {Event} event */
  #edit(event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const handler = event.type === "input" ? field.dataset.onInput : field.dataset.onChange;
    const value = field.type === "checkbox" ? String(field.checked) : field.value;
    if (handler) this.#send(event, handler, [...argument(field), value]);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.target instanceof HTMLInputElement) return this.#finish(event, event.target);
    const handle = /** @type {Element} */ (event.target).closest("[data-drag]");
    const step = ARROWS[event.key];
    if (!handle || !step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const size = event.shiftKey ? 8 : 1;
    this.#send(event, "nudge", [handle.getAttribute("data-drag") ?? "", step[0] * size, step[1] * size]);
  }

  /**
   * Enter takes the first completion of what was typed, and Escape goes back to the word in force.
   *
   * @param {KeyboardEvent} event
   * @param {HTMLInputElement} box
   */
  #finish(event, box) {
    const hint = this.querySelector(`[data-hint="${box.dataset.control}-hint"]`);
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

  /** @param {PointerEvent} event */
  #grab(event) {
    const handle = /** @type {SVGElement | null} */ (/** @type {Element} */ (event.target).closest("[data-drag]"));
    this.#dragged = false;
    if (!handle || !handle.ownerSVGElement || event.button !== 0) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    // The figure takes the pointer, not the handle: the handle may be redrawn while it is held.
    this.setPointerCapture(event.pointerId);
    this.#dragging = { name: handle.dataset.drag ?? "", svg: handle.ownerSVGElement, pointer: event.pointerId };
    this.toggleAttribute("dragging", true);
    this.#want();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (this.#dragging?.pointer !== event.pointerId) return;
    this.#dragged = true;
    this.#place(event, this.#dragging.name, this.#dragging.svg);
  }

  /**
   * A press on the handle that did not move still means "here".
   *
   * @param {PointerEvent} event
   */
  #release(event) {
    if (this.#dragging && !this.#dragged) this.#move(event);
  }

  #drop() {
    this.#dragging = null;
    this.toggleAttribute("dragging", false);
  }

  /**
   * Send a place in the picture, in the units of its viewBox.
   *
   * @param {MouseEvent} event
   * @param {string} name
   * @param {SVGSVGElement} svg
   */
  #place(event, name, svg) {
    const toPicture = svg.getScreenCTM()?.inverse();
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(toPicture);
    this.#send(event, "drag", [name, round(x), round(y)], name);
  }

  /**
   * @param {Event} event
   * @param {string} name
   * @param {(string | number)[]} args
   * @param {string} [drag]
   */
  #send(event, name, args, drag) {
    // The address tells of a state that was shared; from here on it would tell of another.
    if (location.hash.startsWith(`#${this.id}~`)) history.replaceState(null, "", `#${this.id}`);
    const last = this.#queue.at(-1);
    const queued = { event: name, args, at: event.timeStamp, drag };
    // Only the newest place of a drag matters; all else is kept.
    if (drag && last?.drag === drag) this.#queue[this.#queue.length - 1] = queued;
    else this.#queue.push(queued);
    this.#stopped = "";
    this.#serve();
  }

  // ---------------------------------------------------------------- the store

  /** Load the store, and start Python, unless the page's stores know all that its figures can be asked. */
  #comeNear() {
    this.#near = true;
    this.#load();
    if (PyFigure.needPython() && !savesData()) this.#want();
    else this.#follow();
  }

  static needPython() {
    const figures = [...document.querySelectorAll("py-figure:not([still])")];
    return !PyFigure.stores || !figures.every(({ id }) => python?.config.stores[id]?.[1]);
  }

  /** Load the store, if there is one. */
  #load() {
    const file = PyFigure.stores && python?.config.stores[this.id]?.[0];
    if (file) this.#loading ??= this.#fetch(file);
  }

  /** @param {string} file */
  async #fetch(file) {
    try {
      this.#store = await Store.load(file);
      this.toggleAttribute("stored", true);
      this.#lamp();
      this.#follow(); // if Python failed meanwhile, there is something better to tell
    } catch {
      this.#want(); // Python knows as much
    }
    if (this.#asked || this.#queue.length) this.#serve();
  }

  /** Answer what a reader did: from the store, as soon as it is there, or else by Python. */
  #serve() {
    this.#load();
    if (this.#loading && !this.#store && !this.#wanted) return; // #fetch comes back here
    if (this.#answerFromStore()) return;
    if (python?.state === "failed") python.start(); // whatever is pressed is also a wish to try again
    this.#want();
  }

  /** Answer as much of the queue as the store can; return whether nothing is left. */
  #answerFromStore() {
    const store = PyFigure.stores && !this.#mounted && python?.state !== "ready" ? this.#store : null;
    if (!store) return false;
    if (this.#asked) {
      const reply = store.jump(this.#asked);
      if (!reply) return false;
      this.#asked = null;
      this.#show(reply);
    }
    // Python is gone, and the reader was told so: what only Python can answer does not hold up the rest.
    const state = this.#state ?? {};
    const last = this.#queue.at(-1);
    if (python?.state === "failed" && last && store.answer(state, last.event, last.args)) this.#queue = [last];
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      const reply = store.answer(this.#state ?? {}, next.event, next.args);
      if (!reply) return false;
      this.#queue.shift();
      this.#show(reply);
      painted(this.id, next.at);
    }
    return true;
  }

  // ---------------------------------------------------------------- Python

  /**
   * Draw anew with the code that is in force now.
   *
   * @param {boolean} wanted  also when Python has not drawn this figure yet
   */
  remake(wanted) {
    this.#drawn = true; // what the build drew may differ in every part
    if (!wanted && !this.#wanted) return;
    this.#mounted = false;
    this.#stopped = "";
    this.#want();
  }

  #want() {
    this.#wanted = true;
    this.#held = "";
    if (python?.state === "idle") python.start();
    this.#follow();
  }

  /** @param {Event} event */
  #retry(event) {
    const state = this.getAttribute("state");
    this.#stopped = "";
    if (state === "live" || state === "starting") return this.#become(state);
    if (this.#held === "stopped") this.#state = this.#asked = null; // as it was it cannot be drawn
    if (python?.state === "failed") python.start();
    else if (this.#held) this.#want();
    else this.#send(event, "reset", []);
  }

  /** Do what Python's state allows now. */
  #follow() {
    if (!python) return;
    // A figure that never asked for Python takes it when it is there.
    if (this.#near && python.state === "ready") this.#wanted = true;
    if (!this.#wanted) return;
    if (python.state === "starting") {
      this.#mounted = false;
      this.#become("starting", this.#stopped);
    } else if (python.state === "failed") {
      this.#mounted = false;
      const left = this.#store ? "what was worked out beforehand still answers" : "the figure keeps its last picture";
      this.#become("failed", `${python.reason}. The page works without it; ${left}.`);
    } else if (python.state === "ready") {
      this.#pump();
    }
  }

  /** Mount the figure if need be, then send the queue, one event at a time. */
  async #pump() {
    if (this.#busy || !python) return;
    if (this.#held) return this.#become("failed", this.#stopped);
    this.#busy = true;
    try {
      while (!this.#held && (!this.#mounted || this.#queue.length)) {
        const next = this.#mounted ? this.#queue.shift() : undefined;
        await (next ? this.#answer(python, next) : this.#mount(python));
      }
    } catch (error) {
      if (python.state === "ready") throw error;
      this.#follow(); // Python is gone: the reader is told, and what is queued waits for the next
    } finally {
      this.#busy = false;
    }
  }

  /**
   * @param {Python} python
   * @param {FigureEvent} next
   */
  async #answer(python, next) {
    const { event, args, at } = next;
    try {
      this.#apply(await python.call("send", { id: this.id, event, args }));
      painted(this.id, at);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      // Another figure's event stopped Python: this one is made again.
      if (error.cause === "waiting") this.#queue.unshift(next);
      if (error.cause === "in hand") {
        this.#stopped = `${error.message}. Python was started anew, and the figure is as it was before.`;
        // The same press, made again while nothing happened, would stop Python again.
        while (this.#queue[0]?.event === event && String(this.#queue[0].args) === String(args)) this.#queue.shift();
      }
      throw error;
    }
  }

  /** @param {Python} python */
  async #mount(python) {
    const params = JSON.parse(this.dataset.params ?? "{}");
    const state = this.#asked ?? this.#state;
    this.#asked = null;
    this.#mounted = true; // before the answer: what comes meanwhile may ask for another
    const request = { id: this.id, name: this.getAttribute("name"), params, state, redraw: this.#drawn };
    try {
      const reply = await python.call("mount", request, JSON.parse(this.dataset.needs ?? "[]"));
      if (reply.missing) this.#lack(reply.missing, state);
      else this.#apply(reply);
    } catch (error) {
      this.#asked ??= state; // Python is gone; the next mount asks again
      if (error instanceof Error && error.cause === "in hand") {
        this.#held = "stopped";
        this.#stopped = `${error.message}. The other figures go on without this one.`;
      }
      throw error;
    }
  }

  /**
   * Its data did not come: that is this figure's matter alone.
   *
   * @param {string} reason
   * @param {object | null} state
   */
  #lack(reason, state) {
    this.#asked ??= state;
    this.#mounted = false;
    this.#held = "missing";
    this.#stopped = `${reason}. The figure keeps its last picture.`;
    this.#become("failed", this.#stopped);
  }

  /** @param {{ parts?: Record<string, string>, state?: object, error?: string, detail?: string }} reply */
  #apply({ parts = {}, state, error, detail }) {
    if (error !== undefined) {
      console.warn(detail);
      this.#become("failed", `This figure stopped: ${error}.`);
      return;
    }
    this.#show({ parts, state });
    this.#become("live", this.#stopped);
    this.#tick();
  }

  /** @param {{ parts: Record<string, string>, state?: object }} reply */
  #show({ parts, state }) {
    // What is being typed stays; anything else that has the focus, such as a handle, is redrawn like the rest.
    const focused = this.contains(document.activeElement) ? document.activeElement?.closest("[data-part]") : null;
    const typing = document.activeElement?.matches("input, textarea") ?? false;
    for (const [name, html] of Object.entries(parts)) {
      this.#drawn = true;
      const part = this.querySelector(`[data-part="${name}"]`);
      if (part) Idiomorph.morph(part, parsed(html), { morphStyle: "innerHTML", ignoreActiveValue: typing });
    }
    // What had the focus may be gone, such as a completion that was chosen: its part's field takes over.
    if (focused && document.activeElement === document.body) {
      const next = /** @type {HTMLElement | null} */ (focused.querySelector("input") ?? focused.querySelector("button"));
      next?.focus({ preventScroll: true });
    }
    this.#state = state ?? null;
  }

  /** While the picture holds data-tick, send the event that it names each time an answer has been painted. */
  #tick() {
    if (this.#ticking || !this.querySelector("[data-tick]")) return;
    this.#ticking = true;
    requestAnimationFrame(() => {
      setTimeout(() => {
        this.#ticking = false;
        const tick = /** @type {HTMLElement | null} */ (this.querySelector("[data-tick]"));
        // What the reader does comes first; its answer will tick again.
        if (!tick || this.#queue.length || this.#stopped || this.getAttribute("state") !== "live") return;
        this.#queue.push({ event: tick.dataset.tick ?? "", args: [], at: performance.now() });
        this.#follow();
      });
    });
  }

  // ---------------------------------------------------------------- the caption bar

  /**
   * @param {"starting" | "live" | "failed"} state
   * @param {string} message
   */
  #become(state, message = "") {
    if (this.getAttribute("state") !== state) this.setAttribute("state", state);
    const line = /** @type {HTMLElement | null} */ (this.querySelector("[data-message]"));
    const text = line?.firstElementChild;
    if (line && text && text.textContent !== message) {
      text.textContent = message;
      line.hidden = !message;
    }
    const button = line?.lastElementChild;
    const again = python?.state === "failed" || this.#held === "missing";
    const press = state !== "failed" ? "OK" : again ? "Try again" : "Reset";
    if (button && button.textContent !== press) button.textContent = press;
    this.#lamp();
  }

  #lamp() {
    const lamp = this.querySelector("[data-lamp]");
    const state = this.getAttribute("state") ?? "";
    if (!lamp || !python) return;
    const part = Math.min(99, Math.floor((100 * python.loaded) / python.total));
    const still = state === "static" && this.#store && PyFigure.stores ? "instant" : state;
    const text = state === "starting" && part > 0 ? `starting ${part} %` : still;
    if (lamp.textContent !== text) lamp.textContent = text;
  }

  // ---------------------------------------------------------------- the address

  /** Take a state from the address: #fig-05~{"b":"dog"}. */
  #fromAddress() {
    const [id, state] = location.hash.slice(1).split(/~(.*)/s);
    if (id !== this.id) return;
    this.#load(); // the reader comes for this figure: the page waits for its store
    if (!state) return;
    try {
      const asked = JSON.parse(decodeURIComponent(state));
      if (asked === null || typeof asked !== "object" || Array.isArray(asked)) return;
      this.#asked = asked;
    } catch {
      return; // somebody cut the link; the figure starts as the page shows it
    }
    this.#mounted = false;
    this.scrollIntoView();
    this.#serve();
  }

  async #share() {
    const state = JSON.stringify(this.#state ?? {});
    const hash = state === "{}" ? `#${this.id}` : `#${this.id}~${encodeURIComponent(state)}`;
    history.replaceState(null, "", hash);
    const button = this.querySelector("[data-share]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "copied";
    } catch {
      button.textContent = "in the address bar";
    }
    setTimeout(() => (button.textContent = "link"), 2000);
  }
}

/** @param {TouchEvent} event */
function holdStill(event) {
  if (/** @type {Element} */ (event.target).closest("[data-drag]")) event.preventDefault();
}

/** @param {HTMLElement} control */
function argument(control) {
  return control.dataset.arg === undefined ? [] : [control.dataset.arg];
}

/**
 * A template's content costs less than the document that Idiomorph would make of text.
 *
 * @param {string} html
 */
function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.childNodes;
}

/** @param {number} x */
function round(x) {
  return Math.round(x * 100) / 100;
}

function savesData() {
  return Boolean(/** @type {any} */ (navigator).connection?.saveData);
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

customElements.define("py-figure", PyFigure);
