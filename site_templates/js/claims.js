// Claims, data.claim: numbers in the prose that the build computed. What a press shows comes with the first one, in the
// script that holds their lines (claim.js).
// @ts-check

/** What shows and hides the explanation of a claim, while its script comes and when it is there. @type {Promise<(claim: HTMLDataElement) => void> | null} */
let explaining = null;

for (const claim of /** @type {NodeListOf<HTMLDataElement>} */ (document.querySelectorAll("data.claim"))) {
  claim.setAttribute("role", "button");
  claim.setAttribute("aria-expanded", "false");
  claim.tabIndex = 0;
  claim.title = /* say */ "Show how this was computed";
}

document.addEventListener("click", (event) => pressClaim(event));
document.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && pressClaim(event));

/**
 * @param {EventTarget | null} target
 * @returns {HTMLDataElement | null}
 */
function claimOf(target) {
  return target instanceof Element ? target.closest("data.claim") : null;
}

/** @param {Event} event */
async function pressClaim(event) {
  const claim = claimOf(event.target);
  if (!claim || !python) return;
  event.preventDefault(); // it may stand in a label or in the head of a fold, which a press on it is not meant for
  try {
    (await (explaining ??= bring(python.config.claims, "pyClaims", { python, inForce, claimOf })))(claim);
  } catch {
    explaining = null;
    announce(/* say */ "It did not come: the network seems to be away.");
  }
}
