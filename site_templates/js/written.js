// Code that is to be run: what the reader wrote is kept on this device, and what came with a link waits until the
// reader has read it. The field that holds such code is marked with data-runs, the name of its field in the state.
// @ts-check

// Signs that are not seen, or that turn the text around them: they would let code look like other code.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * @param {PyFigure} figure
 * @returns {HTMLTextAreaElement | null}
 */
function codeField(figure) {
  return figure.querySelector("textarea[data-runs]");
}

/**
 * The name under which something written on this page is kept.
 *
 * @param {string} what
 */
function keyOf(what) {
  return `code ${pathOf(location.href)}#${what}`;
}

/**
 * @param {PyFigure} figure
 * @param {string} text
 */
function keepText(figure, text) {
  keep(keyOf(figure.id), text);
}

/** @param {PyFigure} figure */
function throwAway(figure) {
  if (codeField(figure)) forget(keyOf(figure.id));
}

/** @param {string} key */
function forget(key) {
  try {
    localStorage.removeItem(MINE + key);
  } catch {
    // Storage is off: nothing was kept.
  }
}

/**
 * Bring back what the reader wrote on an earlier visit.
 *
 * @param {PyFigure} figure
 */
function bringBack(figure) {
  const field = codeField(figure);
  const text = field && recall(keyOf(figure.id));
  if (!field || !figure.machine || text === null || text === field.value) return;
  field.value = text;
  // It goes to Python before all else, but does not start it.
  figure.machine.queue.push({
    event: field.dataset.onInput ?? "",
    args: [...argument(field), text],
    at: performance.now(),
    written: true,
  });
  figure.machine.mention(/* say */ "This is the code that you wrote here before. Reset throws it away.");
}

/**
 * Hold back a state whose code the reader has not seen; return whether it has such code.
 *
 * @param {PyFigure} figure
 * @param {object} state
 */
function holdCode(figure, state) {
  const field = codeField(figure);
  const code = field && /** @type {Record<string, unknown>} */ (state)[field.dataset.runs ?? ""];
  figure.querySelector("[data-came]")?.remove();
  if (!field || typeof code !== "string" || code === field.value) return false;
  const notice = document.createElement("section");
  notice.className = "came";
  notice.dataset.came = "";
  notice.setAttribute("aria-label", /* say */ "Code that came with the link");
  notice.innerHTML = `<p><b>${/* say */ "This code came with the link."}</b> ${
    /* say */ "Read it before you run it. It is not in the box yet; if you take it, it stands in the place of what is in the box now."
  }</p><pre class="code" tabindex="0"><code></code></pre>
<div class="chips"><button type="button" class="chip" data-control="came-take">${/* say */ "I have read it: put it into the box"}</button>
<button type="button" class="chip" data-control="came-leave">${/* say */ "Leave it"}</button></div>`;
  const shown = notice.querySelector("code");
  if (shown) shown.textContent = code.replace(HIDDEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
  notice.addEventListener("click", (event) => {
    const pressed = /** @type {Element} */ (event.target).closest("button")?.dataset.control;
    if (!pressed) return;
    notice.remove();
    if (pressed === "came-take") takeCode(figure, state);
    else history.replaceState(null, "", `#${figure.id}`);
    codeField(figure)?.focus();
  });
  figure.querySelector(".body")?.prepend(notice);
  return true;
}

/**
 * @param {PyFigure} figure
 * @param {object} state
 */
function takeCode(figure, state) {
  const machine = figure.machine;
  if (!machine) return;
  machine.queue = machine.queue.filter(({ written }) => !written);
  machine.takeUp(state);
  figure.addressed = true;
}
