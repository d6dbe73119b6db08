// The states of a figure: what each one waits for, and what it does with what happens meanwhile.
// @ts-check

/**
 * What may happen to a figure:
 *
 * - near: it comes near the window
 * - press: the reader, an address or a tick wants something
 * - grab: a handle is taken hold of, so that Python is wanted in a moment
 * - remake: the code that draws it is another now
 * - retry: the button in its message is pressed
 * - store, nostore: its store has come, or will not
 * - starting, ready, failed: what Python does
 * - reply, lost: Python answered, or will never answer, what it was asked last
 *
 * @typedef {"near" | "press" | "grab" | "remake" | "retry" | "store" | "nostore" | "starting" | "ready" | "failed" | "reply" | "lost"} Happening
 * @typedef {"static" | "starting" | "mounting" | "live" | "answering" | "raised" | "missing" | "stopped" | "gone"} StateName
 *
 * A happening that a state does not list leaves all as it is. What is returned is the next state.
 *
 * @typedef {object} State
 * @property {"static" | "starting" | "live" | "failed"} [shows]  the attribute `state`; without it, as it was before
 * @property {boolean} [settled]  nothing is under way, so that an empty queue means that all has been answered
 * @property {(m: Machine) => string} [says]  the message, when there is nothing newer to tell
 * @property {string} [button]  what stands on the message's button; "OK" puts the message away
 * @property {(m: Machine) => StateName | void} [enter]  what is done on coming in
 * @property {Partial<Record<Happening, (m: Machine, what: any) => StateName | void>>} on
 */

/** @param {Machine} m */
const next = (m) => (m.stale ? "mounting" : m.queue.length ? "answering" : "live");
const start = () => /** @type {const} */ ("starting");
const fail = () => /** @type {const} */ ("gone");
/**
 * @param {Machine} m
 * @param {Loss} loss
 */
const lose = (m, loss) => m.lose(loss);

/**
 *     static ──▶ starting ──▶ mounting ──▶ live ◀──▶ answering
 *                   ▲  ▲         │                       │
 *                   │  └─ missing, stopped        raised ◀┘    each shows "failed", keeps its picture,
 *                   └──── gone ◀── Python failed               and goes on when something is pressed
 *
 * The picture is there in every state.
 *
 * @type {Record<StateName, State>}
 */
const STATES = {
  // Waits for a reader; what the store knows, it answers.
  static: {
    shows: "static",
    settled: true,
    on: {
      near: comeNear,
      ready: (m) => (m.near ? "starting" : undefined),
      press: (m) => (m.python.state === "ready" || !answerByStore(m) ? "starting" : undefined),
      store: (m) => (answerByStore(m) ? undefined : "starting"),
      nostore: start, // Python knows as much
      grab: start,
      remake: (m, own) => (own ? "starting" : undefined),
      retry: (m) => m.hush(),
    },
  },
  // Waits for Python. What the store does not know stays in the queue.
  starting: {
    shows: "starting",
    enter: (m) => m.startPython(),
    on: {
      press: (m) => void answerByStore(m),
      store: (m) => void answerByStore(m),
      ready: () => "mounting",
      failed: fail,
      lost: lose, // what Python had in hand when it ended
      retry: (m) => m.hush(),
    },
  },
  // Waits for Python to set the figure up; the queue waits with it.
  mounting: {
    enter: (m) => m.mount(),
    on: { reply: (m, reply) => m.mounted(reply), failed: fail, lost: lose },
  },
  // Waits for a reader; Python answers.
  live: {
    shows: "live",
    settled: true,
    on: { press: next, remake: next, failed: fail, retry: (m) => m.hush() },
  },
  // Waits for the answer to one event. Only one is under way, so that a drag can replace what waits behind it.
  answering: {
    enter: (m) => m.ask(),
    on: { reply: (m, reply) => m.take(reply), failed: fail, lost: lose },
  },
  // The figure's code raised: waits for another press, which may be one that it can answer.
  raised: {
    shows: "failed",
    settled: true,
    says: (m) => /* say */ `This figure stopped: ${m.reason}.`,
    button: /* say */ "Reset",
    on: { press: next, remake: next, failed: fail, retry: (m) => m.startOver() },
  },
  // Its data did not come, which is this figure's matter alone: waits for a press.
  missing: {
    shows: "failed",
    says: (m) => /* say */ `${m.reason}. The figure keeps its last picture.`,
    button: /* say */ "Try again",
    on: { press: start, remake: start, retry: start },
  },
  // Python did not survive drawing it, and it shall not stop the others again: waits for a press.
  stopped: {
    shows: "failed",
    says: (m) => /* say */ `${m.reason}. The other figures go on without this one.`,
    button: /* say */ "Reset",
    on: { press: start, remake: start, retry: (m) => m.startOver() },
  },
  // Python is gone: the store answers, and what it does not know is a wish to try again.
  gone: {
    shows: "failed",
    says: (m) => {
      const left = m.store ? /* say */ "what was worked out beforehand still answers" : /* say */ "the figure keeps its last picture";
      return /* say */ `${m.python.reason}. The page works without it; ${left}.`;
    },
    button: /* say */ "Try again",
    enter: (m) => void answerByStore(m, true), // what was pressed while Python started
    on: {
      starting: start,
      press: (m) => void (answerByStore(m, true) || m.python.start()),
      store: (m) => void answerByStore(m, true),
      retry: (m) => void m.python.start(true),
      lost: lose,
    },
  },
};
