// The course's page tells where the reader was, and gives away what is kept of that: lessons' pages keep it.
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
    if (!page) return [first[0], /* say */ "You have read it all", /* say */ "Begin again"];
    const href = page.getAttribute("href") ?? "";
    const title = done ? "" : JSON.parse(entry?.dataset.sections ?? "{}")[section];
    return title ? [`${href}#${section}`, /* say */ `Go on: ${page.textContent}`, title] : [href, done ? /* say */ "Next" : /* say */ "Go on", page.textContent ?? ""];
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

  // ------------------------------------------------------------------ what the reader has read, answered and written

  const NAMES = /^(?:read:|answers:|code |last$|theme$)/; // of what is kept, and may come from a file
  const LARGEST = 5_000_000; // characters, as much as browsers keep
  const mine = /** @type {HTMLElement | null} */ (document.querySelector("[data-mine]"));
  const [words, save, bring, erase] = ["[role=status]", "[data-control=own-save]", "[data-control=own-bring]", "[data-control=own-erase]"].map(
    (place) => /** @type {HTMLElement | null} */ (mine?.querySelector(place)),
  );

  /** @returns {Record<string, string>} */
  const all = () => {
    try {
      const names = Object.keys(localStorage).filter((name) => name.startsWith(ours) && NAMES.test(name.slice(ours.length)));
      return Object.fromEntries(names.map((name) => [name.slice(ours.length), localStorage.getItem(name) ?? ""]));
    } catch {
      return {};
    }
  };
  /** @param {string} text */
  const tell = (text) => words && (words.textContent = text);

  save?.addEventListener("click", () => {
    const text = JSON.stringify({ course: document.title, kept: all() }, null, 1);
    hand(new Blob([text], { type: "application/json" }), "my-reading.json");
    tell("my-reading.json was handed to your browser.");
  });

  bring?.addEventListener("change", async ({ target }) => {
    const field = /** @type {HTMLInputElement} */ (target);
    const file = field.files?.[0];
    if (!file) return;
    tell(await taken(file));
    field.value = ""; // the same file may be chosen again
    dispatchEvent(new Event("storage")); // this page shows it too
  });

  /** @param {File} file */
  const taken = async (file) => {
    const wrong = /* say */ `${file.name.slice(0, 60)} is no file that was saved here; nothing was changed.`;
    try {
      const { course, kept } = Object(file.size <= LARGEST ? JSON.parse(await file.text()) : null);
      const found = Object.entries(Object(kept)).filter(([name, value]) => NAMES.test(name) && typeof value === "string");
      if (!found.length) return wrong;
      if (course !== document.title) return /* say */ `${file.name.slice(0, 60)} was saved in another course; nothing was changed.`;
      const before = all();
      try {
        for (const [name, value] of found) localStorage.setItem(ours + name, value);
      } catch {
        for (const [name] of found) localStorage.removeItem(ours + name);
        for (const [name, value] of Object.entries(before)) localStorage.setItem(ours + name, value);
        return /* say */ "This browser has no room for it; nothing was changed.";
      }
      return /* say */ "It is here now, in the place of what was kept of the same lessons. Code that came with it waits until you run it.";
    } catch {
      return wrong;
    }
  };

  let sure = false;
  const unsure = () => {
    sure = false;
    if (erase) erase.textContent = /* say */ "Erase it";
  };
  erase?.addEventListener("click", () => {
    if (!sure) {
      sure = true;
      erase.textContent = /* say */ "Really erase it";
      tell(/* say */ "Marks, answers and code that you wrote will be gone from this browser.");
      return;
    }
    for (const name of Object.keys(all())) localStorage.removeItem(ours + name);
    unsure();
    tell(/* say */ "It is erased. Nothing is kept of what you read, answered and wrote.");
    dispatchEvent(new Event("storage"));
  });
  erase?.addEventListener("blur", unsure);
  mine?.removeAttribute("hidden");
}
