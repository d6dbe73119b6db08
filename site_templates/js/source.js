// "Show the code", and "save": what they need comes when one of them is first pressed (code.js, take.js).
// @ts-check

/** The reader's versions that are in force, by the function's name. @type {Map<string, string>} */
const inForce = new Map();
/** The code behind the figures, once it was asked for. @type {Promise<Code> | null} */
let bringingCode = null;
/** The script that gives figures away, once it was asked for. @type {Promise<void> | null} */
let taking = null;

for (const details of document.querySelectorAll("[data-source]"))
  details.addEventListener("toggle", () => void openPanel(/** @type {HTMLDetailsElement} */ (details)));
for (const button of document.querySelectorAll("[data-take]"))
  button.addEventListener("click", () => void giveAway(/** @type {PyFigure} */ (button.closest("py-figure"))));

/** @returns {Promise<Code>} */
function bringCode() {
  const given = { python, inForce, PyFigure, keyOf, keep, recall, forget };
  return (bringingCode ??= bring(python?.config.code ?? "", "pyCode", given).catch((error) => {
    bringingCode = null;
    throw error;
  }));
}

/** @param {HTMLDetailsElement} details */
async function openPanel(details) {
  if (!details.open || details.querySelector("textarea")) return;
  try {
    (await bringCode()).open(details);
  } catch {
    /** @type {HTMLElement} */ (details.querySelector("[data-panel]")).textContent = /* say */ "The code could not be loaded. Close this and open it again.";
    miss(python?.config.code ?? "");
  }
}

/** @param {PyFigure} figure */
async function giveAway(figure) {
  try {
    await (taking ??= runScript(python?.config.take ?? ""));
    const panel = figure.querySelector("[data-source]") ? (await bringCode()).panels[figure.id] : "";
    pyTake(figure, panel, inForce, SITE + python?.config.wheel);
  } catch {
    taking = null;
    announce(/* say */ "It did not come: the network seems to be away.");
  }
}

/**
 * Show what the reader's code printed when it last did, under the figure's code.
 *
 * @param {PyFigure} figure
 * @param {string} text
 * @param {boolean} isCut
 */
function showPrinted(figure, text, isCut) {
  const panel = figure.querySelector("[data-source]");
  const lines = panel?.querySelector("[data-printed]") ?? document.createElement("pre");
  lines.textContent = `${/* say */ "Printed:"}\n${text}${isCut ? `\n${/* say */ "… and more"}` : ""}`;
  if (lines.isConnected) return;
  lines.className = "code";
  lines.setAttribute("data-printed", "");
  lines.setAttribute("tabindex", "0");
  panel?.append(lines);
}
