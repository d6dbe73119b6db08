// Instant answers: what a figure's store (store.js) knows is answered at once, without Python.
// @ts-check

/**
 * Load a figure's store, if there is one.
 *
 * @param {Machine} m
 */
function loadStore(m) {
  const file = PyFigure.stores && m.python.config.stores[m.figure.id]?.[0];
  if (file) m.loading ??= fetchStore(m, file);
}

/**
 * @param {Machine} m
 * @param {string} file
 */
async function fetchStore(m, file) {
  try {
    m.store = await Store.load(file);
  } catch {
    return m.happen("nostore");
  }
  m.figure.toggleAttribute("stored", true);
  m.happen("store");
  m.tell(); // the lamp; and if Python failed meanwhile, there is something better to say
}

/**
 * Answer as much of what is wanted as the store can.
 *
 * @param {Machine} m
 * @param {boolean} [lastAlone]  what only Python can answer does not hold up what came last
 * @returns whether nothing is left, or the store is still on its way and nothing else was asked to come
 */
function answerByStore(m, lastAlone = false) {
  loadStore(m);
  if (!PyFigure.stores) return false;
  const store = m.store;
  if (!store) return m.loading !== null && m.name === "static";
  if (m.asked) {
    const reply = store.jump(m.asked);
    if (!reply) return false;
    m.asked = null;
    m.show(reply);
  }
  const last = m.queue.at(-1);
  const written = m.queue.some((event) => event.written);
  if (lastAlone && last && !written && store.answer(m.kept, last.event, last.args)) m.queue = [last];
  for (let first = m.queue[0]; first; first = m.queue[0]) {
    const reply = store.answer(m.kept, first.event, first.args);
    if (!reply) return false;
    m.queue.shift();
    m.show(reply);
    painted(m.figure.id, first.at);
    m.tell();
  }
  return true;
}

/**
 * A figure comes near the window: load its store, and take Python, if the page needs it anyway or has it.
 *
 * @param {Machine} m
 * @returns {StateName | void}
 */
function comeNear(m) {
  m.near = true;
  loadStore(m);
  const { state } = m.python;
  if (state !== "ready" && (savesData() || !needsPython(m))) return;
  return state === "failed" ? "gone" : "starting";
}

/**
 * Whether something on the page can only be answered by Python. The hero is in the first window: what it knows by
 * itself is no reason to start Python as soon as the page is open.
 *
 * @param {Machine} m
 */
function needsPython({ figure, python }) {
  const knowsAll = (/** @type {string} */ id) => python.config.stores[id]?.[1];
  if (!PyFigure.stores) return true;
  if (figure.closest(".masthead") && knowsAll(figure.id)) return false;
  const figures = [...document.querySelectorAll("py-figure:not([still], .closer:not([open]) *)")];
  return !figures.every(({ id }) => knowsAll(id));
}

function savesData() {
  return Boolean(/** @type {any} */ (navigator).connection?.saveData);
}
