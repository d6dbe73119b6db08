// What explains a claim: a press shows the lines that computed the number, and runs them again in this page's Python.
// The build puts this before the lines (scripts.claims); it shares no names with the page's script, which hands it
// what it needs (claims.js).
// @ts-check

/**
 * What the build tells of the claims.
 *
 * @typedef {object} Claims
 * @property {string} file    name of the claims file
 * @property {string} source  its text
 * @property {Record<string, { html: string, needs: string[] }>} shown  of each claim: its lines, and the data they read
 */

/**
 * @param {Claims} claims
 * @param {{ python: Python, inForce: Map<string, string>, claimOf: (target: EventTarget | null) => HTMLDataElement | null }} page
 */
function explainer({ file, source, shown }, { python, inForce, claimOf }) {
  const PATIENCE = 120; // seconds that a claim may take: it may train a model, on a slow phone too
  const GAP = 8; // pixels between a number, what explains it, and the window's edge
  /** The claim that is explained, one at a time. @type {{ claim: HTMLDataElement, panel: HTMLElement } | null} */
  let explained = null;

  document.head.append(Object.assign(document.createElement("style"), { textContent: "STYLE" })); // claim.css
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (explained?.panel.contains(target) && !target.closest("a")) event.preventDefault(); // meant for nothing around it
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !explained) return;
    if (explained.panel.contains(document.activeElement)) explained.claim.focus();
    hide();
  });
  // A press elsewhere; not a touch that scrolls, which ends in pointercancel.
  document.addEventListener("pointerup", ({ target }) => {
    if (explained && !claimOf(target) && !explained.panel.contains(/** @type {Node} */ (target))) hide();
  });
  addEventListener("resize", () => explained && putNear(explained.claim, explained.panel));

  /** @param {HTMLDataElement} claim */
  function toggle(claim) {
    const again = explained?.claim === claim;
    hide();
    if (!again) explain(claim);
  }

  function hide() {
    explained?.claim.setAttribute("aria-expanded", "false");
    explained?.claim.removeAttribute("aria-controls");
    explained?.panel.remove();
    explained = null;
  }

  /** @param {HTMLDataElement} claim */
  async function explain(claim) {
    const panel = document.createElement("div");
    panel.className = "claim-panel";
    panel.id = "claim-panel";
    panel.popover = "manual"; // above everything that would cut it off, beside its number in the order of tabs
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", /* say */ `How ${claim.textContent} was computed`);
    panel.innerHTML = '<div data-lines></div><p class="said" role="status" data-out="claim-state"></p>';
    claim.after(panel);
    claim.setAttribute("aria-expanded", "true");
    claim.setAttribute("aria-controls", panel.id);
    explained = { claim, panel };
    const say = (/** @type {(Node | string)[]} */ ...text) => panel.querySelector(".said")?.replaceChildren(...text);
    try {
      const { html, needs } = shown[claim.dataset.claim ?? ""];
      const lines = /** @type {HTMLElement} */ (panel.querySelector("[data-lines]"));
      lines.innerHTML = html;
      showPanel(panel);
      putNear(claim, panel);
      say(python.state === "ready" ? /* say */ "computing …" : /* say */ "starting Python …");
      say(...(await recompute(claim, { file, source, name: claim.dataset.claim }, needs, () => say(/* say */ "computing …"))));
    } catch (error) {
      if (panel.isConnected) putNear(claim, panel);
      const why = error instanceof Error ? error.message : error;
      say(/* say */ `${why}. Close this and press the number again to try once more.`);
    }
  }

  /**
   * A browser that knows no popovers shows it as any other element.
   *
   * @param {HTMLElement} panel
   */
  function showPanel(panel) {
    if ("showPopover" in panel && !panel.matches(":popover-open")) panel.showPopover();
  }

  /**
   * Run a claim's lines again; return what to tell of it.
   *
   * @param {HTMLDataElement} claim
   * @param {object} request
   * @param {string[]} needs
   * @param {() => void} begun
   * @returns {Promise<(Node | string)[]>}
   */
  async function recompute(claim, request, needs, begun) {
    await python.wanted();
    begun();
    const { text, error, missing } = await python.call("claim", request, needs, PATIENCE);
    if (error !== undefined || missing !== undefined) throw new Error(error ?? missing);
    const result = Object.assign(document.createElement("b"), { textContent: text });
    result.dataset.out = "claim";
    if (text === claim.value) return [`${/* say */ "computing …"} `, result, /* say */ ", as it stands here"];
    // The reader may have changed a function that it runs.
    return [`${/* say */ "computing …"} `, result, inForce.size ? /* say */ " with your version of the code" : "", /* say */ `; here stands ${claim.value}`];
  }

  /**
   * Below the number, or above it where there is more room; it scrolls with the text.
   *
   * @param {HTMLElement} claim
   * @param {HTMLElement} panel
   */
  function putNear(claim, panel) {
    const number = claim.getClientRects()[0] ?? claim.getBoundingClientRect();
    const { width, height } = panel.getBoundingClientRect();
    const above = innerHeight - number.bottom < height + 2 * GAP && number.top > innerHeight - number.bottom;
    const left = Math.max(GAP, Math.min(number.left, document.documentElement.clientWidth - width - GAP));
    panel.style.left = `${left + scrollX}px`;
    panel.style.top = `${(above ? number.top - height - GAP : number.bottom + GAP) + scrollY}px`;
  }

  return toggle;
}
