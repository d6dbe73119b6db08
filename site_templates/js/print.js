// On paper a link cannot be pressed: those of the text get numbers, and their addresses stand at the end.

/** @type {HTMLOListElement | null} */
let addresses = null;

addEventListener("beforeprint", () => {
  const notes = /** @type {Map<string, number>} */ (new Map());
  addresses?.remove();
  addresses = document.createElement("ol");
  addresses.className = "addresses";
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("main a[href^='http']"))) {
    if (link.closest(".footnotes, .onward")) continue; // a footnote's address is printed behind it
    if (!notes.has(link.href)) {
      notes.set(link.href, notes.size + 1);
      addresses.appendChild(document.createElement("li")).textContent = link.href;
    }
    link.dataset.address = String(notes.get(link.href));
  }
  if (notes.size) document.querySelector("main")?.append(addresses);
});
addEventListener("afterprint", () => {
  addresses?.remove();
  for (const link of document.querySelectorAll("[data-address]")) link.removeAttribute("data-address");
});
