// What a figure answers to its discrete controls, worked out by the build: see sitegen/store.py.
// @ts-check

/**
 * As `encode` in sitegen/store.py writes it.
 *
 * @typedef {object} Stored
 * @property {object[]} states
 * @property {string[][]} events
 * @property {number[][]} answers
 * @property {string[]} pieces
 * @property {Record<string, [number[][], number[]]>} parts
 */

/** What the scripts of stores have brought, by their file. @type {Map<string | null | undefined, Stored>} */
const read = new Map();

Object.assign(window, {
  pyStore: (/** @type {Stored} */ stored) => read.set(document.currentScript?.getAttribute("src"), stored),
});

class Store {
  /** @type {string[]} */
  #pieces;
  /** @type {object[]} */
  #states;
  /** @type {Map<string, number>} */
  #numbers;
  /** @type {Map<string, number[]>} */
  #answers;
  /** Of each part: its pictures as lists of pieces, and the picture that each state shows. */
  #parts;

  /** @param {Stored} stored */
  constructor({ states, events, answers, pieces, parts }) {
    this.#pieces = pieces;
    this.#states = states;
    this.#numbers = new Map(states.map((state, i) => [JSON.stringify(state), i]));
    this.#answers = new Map(events.map((event, i) => [JSON.stringify(event), summed(answers[i] ?? [])]));
    this.#parts = Object.entries(parts).map(([name, [edits, column]]) => ({
      name,
      pictures: pictures(edits),
      shown: summed(column),
    }));
  }

  /**
   * Read a store, through a classic script: from disk, `fetch` is refused.
   *
   * @param {string} file
   */
  static async load(file) {
    await runScript(file);
    const stored = read.get(file);
    read.delete(file);
    if (!stored) throw new Error(`${file} holds no store`);
    return new Store(stored);
  }

  /**
   * The answer to an event, as Python would give it; null when it is not known here.
   *
   * @param {object} state
   * @param {string} event
   * @param {(string | number)[]} args
   */
  answer(state, event, args) {
    const from = this.#numbers.get(JSON.stringify(state));
    const to = from === undefined ? undefined : this.#answers.get(JSON.stringify([event, ...args]))?.[from];
    return from === undefined || to === undefined || to < 0 ? null : this.#reply(from, to);
  }

  /**
   * The way from the first picture to a state that an address asks for; null when it is not known here.
   *
   * @param {object} state
   */
  jump(state) {
    const to = this.#numbers.get(JSON.stringify(state));
    return to === undefined ? null : this.#reply(-1, to);
  }

  /**
   * @param {number} from  -1: any
   * @param {number} to
   */
  #reply(from, to) {
    const changed = this.#parts.filter(({ shown }) => shown[from] !== shown[to]);
    const written = changed.map(({ name, pictures, shown }) => [name, this.#text(pictures[shown[to] ?? 0] ?? [])]);
    return { parts: Object.fromEntries(written), state: this.#states[to] ?? {} };
  }

  /** @param {number[]} picture */
  #text(picture) {
    return picture.map((piece) => this.#pieces[piece]).join("");
  }
}

/**
 * Undo differences: each number tells how far it is from the one before.
 *
 * @param {number[]} column
 */
function summed(column) {
  let sum = 0;
  return column.map((step) => (sum += step));
}

/**
 * Undo edits: each picture keeps the start and the end of the one before, with other pieces between.
 *
 * @param {number[][]} edits
 */
function pictures(edits) {
  /** @type {number[]} */
  let before = [];
  return edits.map(([start = 0, end = 0, ...between]) => {
    before = [...before.slice(0, start), ...between, ...before.slice(before.length - end)];
    return before;
  });
}
