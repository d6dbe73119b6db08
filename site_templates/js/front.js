// The course's page tells where the reader was. page.js of each lesson keeps the marks; this script only reads them.
// It is loaded by itself, so it shares no names with the site's script.
// @ts-check

{
  const ours = `${new URL("../", /** @type {HTMLScriptElement} */ (document.currentScript).src).pathname} `;
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-resume]"));
  const [label, name] = link?.children ?? [];
  const first = [link?.getAttribute("href") ?? "", label?.textContent ?? "", name?.textContent ?? ""];
  const entries = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-entry]")]);

  /** What was kept; whoever shares the origin may have written it, and storage may be refused. @param {string} key */
  const kept = (key) => {
    try {
      return Object(JSON.parse(localStorage.getItem(ours + key) ?? "null"));
    } catch {
      return {};
    }
  };
  /** @param {HTMLElement | undefined} entry */
  const target = (entry) => /** @type {HTMLAnchorElement | null | undefined} */ (entry?.querySelector("h3 a"));

  /** Where to go on: the section that was read last, or what comes after a lesson that is done. */
  function place() {
    const { lesson, section } = kept("last");
    const at = entries.findIndex((entry) => entry.dataset.entry === lesson);
    if (at < 0) return first;
    const done = kept(`read:${lesson}`).done === true;
    const entry = done ? [...entries.slice(at), ...entries].find((one) => kept(`read:${one.dataset.entry}`).done !== true) : entries[at];
    const page = target(entry);
    if (!page) return [first[0], "You have read it all", "Begin again"];
    const href = page.getAttribute("href") ?? "";
    const title = done ? "" : JSON.parse(entry?.dataset.sections ?? "{}")[section];
    return title ? [`${href}#${section}`, `Go on: ${page.textContent}`, title] : [href, done ? "Next" : "Go on", page.textContent ?? ""];
  }

  function show() {
    const [href, over, text] = place();
    if (!link || !label || !name || (link.getAttribute("href") === href && name.textContent === text)) return;
    link.href = href;
    label.textContent = over;
    name.textContent = text;
  }

  show();
  addEventListener("storage", show);
  addEventListener("pageshow", ({ persisted }) => persisted && show());
}
