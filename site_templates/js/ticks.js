// Ticks: while a figure's picture holds data-tick, the event that it names is sent each time an answer has been painted.
// @ts-check

const LONGEST_TICK = 0.25; // seconds: a figure whose answer came late does not leap

/** Ticks of one figure. They pause while nobody can see it: out of the window, in a closed fold, in a hidden tab. */
class Ticker {
  #waiting = false;
  /** When the last tick was sent, in milliseconds; 0 when there was none, or a pause since. */
  #last = 0;
  #inSight = false;
  /** @type {IntersectionObserver | null} */
  #watch = null;

  /** @param {PyFigure} figure */
  constructor(figure) {
    this.figure = figure;
  }

  /** An answer has been drawn: once it is painted, send the next tick if the picture asks for one. */
  next() {
    if (this.#waiting) return;
    if (!this.#element()) return void (this.#last = 0);
    this.#watch ??= this.#observe();
    if (!this.#seen()) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      setTimeout(() => {
        this.#waiting = false;
        this.#send();
      });
    });
  }

  #send() {
    const tick = this.#element();
    const machine = this.figure.machine;
    // What the reader does comes first; its answer will tick again.
    if (!tick || machine?.name !== "live" || machine.note?.crash || !this.#seen()) return;
    const now = performance.now();
    const seconds = this.#last ? Math.min((now - this.#last) / 1000, LONGEST_TICK) : 0;
    this.#last = now;
    const args = tick.hasAttribute("data-tick-seconds") ? [seconds] : [];
    machine.push({ event: tick.dataset.tick ?? "", args, at: now, tick: true });
  }

  /** @returns {HTMLElement | null} */
  #element() {
    return this.figure.querySelector("[data-tick]");
  }

  #seen() {
    return this.#inSight && !document.hidden;
  }

  #observe() {
    const look = () => {
      if (this.#seen()) this.next();
      else this.#last = 0;
    };
    document.addEventListener("visibilitychange", look);
    const watch = new IntersectionObserver((entries) => {
      this.#inSight = entries.at(-1)?.isIntersecting ?? false;
      look();
    });
    watch.observe(this.figure);
    return watch;
  }
}
