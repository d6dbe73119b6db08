// What a figure holds while it goes through its states (states.js), and what it does in them.
// @ts-check

/**
 * An event on its way to Python.
 *
 * @typedef {object} FigureEvent
 * @property {string} event
 * @property {(string | number)[]} args
 * @property {number} at      when it happened, as `performance.now` counts
 * @property {string} [drag]  what is dragged, or typed into: only the newest place or text matters
 * @property {boolean} [tick] it comes by itself
 * @property {boolean} [written] it brings text that the reader wrote earlier, which is not to be lost
 *
 * @typedef {{ error: unknown, event?: FigureEvent }} Loss  without an event, the mount was lost
 *
 * What Python answers: `refused` says why the figure did not do what was asked, `error` that its code raised, and
 * `printed` what code of the reader wrote, or its start.
 *
 * @typedef {{ id?: string, parts?: Record<string, string>, order?: string[], state?: object, refused?: string,
 *     error?: string, detail?: string, missing?: string, printed?: string, isCut?: boolean, others?: Reply[] }} Reply
 */

const LONGEST_MESSAGE = 300; // characters; an error may quote what came with a link

class Machine {
  /** @type {StateName} */
  name = "static";
  /** @type {FigureEvent[]} */
  queue = [];
  /** Whether Python's copy of the figure is none, or another than the one that is wanted. */
  stale = true;
  near = false;
  /** The state that was last reported: given back when the figure is mounted anew. */
  kept = /** @type {object} */ ({});
  /** A state that an address asks for; it goes before the queue. */
  asked = /** @type {object | null} */ (null);
  /** Whether the page shows another picture than the one that the build made. */
  drawn = false;
  /** @type {Store | null} */
  store = null;
  /** Why it is in a state that shows "failed". */
  reason = "";
  /** What to tell until something is pressed; after a crash the figure does not tick on by itself. */
  note = /** @type {{ text: string, crash: boolean } | null} */ (null);
  /** @type {Promise<void> | null} */
  loading = null;
  /** The state from an address that the mount under way was given. */
  #given = /** @type {object | null} */ (null);

  /**
   * @param {PyFigure} figure
   * @param {Python} python
   */
  constructor(figure, python) {
    this.figure = figure;
    this.python = python;
  }

  /** Whether every event so far has been answered. */
  get quiet() {
    return Boolean(STATES[this.name].settled) && !this.queue.length && !this.asked;
  }

  /**
   * @param {Happening} happening
   * @param {any} [what]
   */
  happen(happening, what) {
    const to = STATES[this.name].on[happening]?.(this, what);
    if (to) this.#go(to);
    if (!this.queue.length) this.figure.unmark();
  }

  /** @param {StateName} to */
  #go(to) {
    this.name = to;
    const { shows, enter } = STATES[to];
    if (shows === "failed" && !this.note?.crash) this.note = null;
    if (shows) this.tell();
    const further = enter?.(this);
    if (further) this.#go(further);
    else if (shows === "live") this.figure.ticker.next();
  }

  /** Bring the caption bar up to date. */
  tell() {
    const { shows, says, button = "OK" } = STATES[this.name];
    const text = says && !(this.note && !this.note.crash) ? says(this) : (this.note?.text ?? "");
    this.figure.tell(shows ?? null, shorten(text, LONGEST_MESSAGE), button);
  }

  /**
   * Tell something that leaves the figure as it is.
   *
   * @param {string} text
   */
  mention(text) {
    this.note = { text, crash: false };
    this.tell();
  }

  hush() {
    this.note = null;
    this.tell();
  }

  // ---------------------------------------------------------------- what is wanted

  /** @param {FigureEvent} wanted */
  push(wanted) {
    const last = this.queue.at(-1);
    // Only the newest place of a drag matters, and the newest text of a field; all else is kept.
    if (wanted.drag && last?.drag === wanted.drag) this.queue[this.queue.length - 1] = wanted;
    else this.queue.push(wanted);
    if (!wanted.tick) this.note = null;
    this.happen("press");
  }

  /**
   * Take up a state that came with an address.
   *
   * @param {object} state
   */
  takeUp(state) {
    this.asked = state;
    this.stale = true;
    this.happen("press");
  }

  /**
   * Draw anew with the code that is in force now.
   *
   * @param {boolean} own  also when Python has not drawn this figure yet
   */
  remake(own) {
    this.drawn = true; // what the build drew may differ in every part
    this.stale = true;
    if (own || this.name !== "static") this.note = null;
    this.happen("remake", own);
  }

  /** As it was it cannot be drawn. */
  startOver() {
    if (!this.stale) {
      this.queue = [{ event: "reset", args: [], at: performance.now() }];
      return next(this);
    }
    this.kept = {};
    this.asked = null;
    return start();
  }

  // ---------------------------------------------------------------- Python

  /** @returns {StateName | void} */
  startPython() {
    this.stale = true;
    if (this.python.state === "ready") return "mounting";
    void this.python.start();
    // It does not start again by itself when another one would fare no better.
    return /** @type {string} */ (this.python.state) === "failed" ? "gone" : undefined;
  }

  mount() {
    const { dataset, id } = this.figure;
    this.#given = this.asked;
    this.asked = null;
    this.stale = false; // before the answer: what comes meanwhile may want another
    const params = JSON.parse(dataset.params ?? "{}");
    const state = this.#given ?? this.kept;
    const request = { id, name: dataset.path, params, state, redraw: this.drawn };
    this.#call("mount", request, undefined, JSON.parse(dataset.needs ?? "[]"));
  }

  /** Send what is first in the queue. */
  ask() {
    const event = /** @type {FigureEvent} */ (this.queue.shift());
    this.#call("send", { id: this.figure.id, event: event.event, args: event.args }, event);
  }

  /**
   * @param {"mount" | "send"} method
   * @param {object} request
   * @param {FigureEvent} [event]
   * @param {string[]} [needs]
   */
  async #call(method, request, event, needs) {
    let reply;
    try {
      reply = await this.python.call(method, request, needs);
    } catch (error) {
      return this.happen("lost", { error, event });
    }
    this.happen("reply", { ...reply, event });
  }

  /**
   * @param {Reply} reply
   * @returns {StateName}
   */
  mounted(reply) {
    if (reply.missing !== undefined) {
      this.stale = true;
      this.asked ??= this.#given;
      this.reason = reply.missing;
      miss(reply.missing);
      return "missing";
    }
    if (reply.error !== undefined) {
      this.stale = true; // Python may hold no such figure: the next press sets it up anew
      this.queue = this.queue.filter(({ written }) => written);
    }
    const left = Object.keys(this.kept).length > 0;
    if (reply.refused !== undefined) {
      // What a link asks for does not take away what there was; and what there was may be refused by other code.
      if (!this.#given) this.kept = {};
      if (left || (this.#given && this.drawn)) this.stale = true;
    }
    return this.take(reply);
  }

  /**
   * @param {Reply & { event?: FigureEvent }} reply
   * @returns {StateName}
   */
  take(reply) {
    const { event, error, refused, others = [] } = reply;
    if (reply.printed) showPrinted(this.figure, reply.printed, Boolean(reply.isCut));
    if (error !== undefined) {
      console.warn(reply.detail);
      this.note = null;
      this.reason = error;
      return "raised";
    }
    if (refused !== undefined) this.note = { text: refused, crash: Boolean(event?.tick) };
    else this.show(reply);
    if (event) painted(this.figure.id, event.at);
    for (const other of others) PyFigure.withId(other.id ?? "")?.machine?.share(other);
    return next(this);
  }

  /**
   * Show what another figure's event changed here, in a model that both have.
   *
   * @param {Reply} reply
   */
  share(reply) {
    if (reply.parts) this.show(reply);
  }

  /** @param {Reply} reply */
  show({ parts = {}, order, state }) {
    if (draw(this.figure, parts, order)) this.drawn = true;
    this.kept = state ?? {};
  }

  /**
   * @param {Loss} loss
   * @returns {StateName | void}
   */
  lose({ error, event }) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error));
    if (!event) this.asked ??= this.#given; // the next mount asks again
    if (cause === "waiting") {
      if (event) this.queue.unshift(event); // another figure's event stopped Python: this one is made again
    } else if (cause !== "in hand") {
      this.reason = message;
      this.stale = true;
      return this.python.state === "ready" ? "raised" : undefined;
    } else if (!event) {
      this.reason = message;
      return "stopped";
    } else {
      // The same press, made again while nothing happened, would stop Python again.
      const same = (/** @type {FigureEvent} */ other) => other.event === event.event && String(other.args) === String(event.args);
      while (this.queue[0] && same(this.queue[0])) this.queue.shift();
      this.note = { text: /* say */ `${message}. Python was started anew, and the figure is as it was before.`, crash: true };
      this.tell();
    }
  }
}

/**
 * Cut a text that nobody would read to its end.
 *
 * @param {string} text
 * @param {number} most  characters
 */
function shorten(text, most) {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
