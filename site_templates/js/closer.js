// Folds, details.closer: what an address names or a reader prints is opened. A search opens them by itself.
// @ts-check

/**
 * Open the folds around the place that an address names, also where it names a figure's state.
 *
 * @param {string} hash
 */
function openAround(hash) {
  const [id] = hash.slice(1).split("~");
  let fold = document.getElementById(id)?.closest(".closer") ?? document.getElementById(unescaped(id))?.closest(".closer");
  while (fold instanceof HTMLDetailsElement) {
    fold.open = true;
    fold = fold.parentElement?.closest(".closer");
  }
}

/** @param {string} id */
function unescaped(id) {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** The address's place may have been laid out only now. */
function follow() {
  openAround(location.hash);
  const target = document.querySelector(":target");
  if (target?.closest(".closer")) target.scrollIntoView();
}

follow();
addEventListener("hashchange", follow);
// A link to where the address points already changes nothing there.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link?.hash && link.pathname === location.pathname) openAround(link.hash);
});

// Paper has no folds; afterwards they are as the reader left them.
/** @type {HTMLDetailsElement[]} */
let printed = [];
addEventListener("beforeprint", () => {
  printed = [.../** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll(".closer:not([open])"))];
  for (const fold of printed) fold.open = true;
});
addEventListener("afterprint", () => {
  for (const fold of printed) fold.open = false;
});
