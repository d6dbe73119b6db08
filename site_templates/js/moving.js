// Moving on: the table of contents of wide windows, and the keys that ? shows. page.js fetches this script when one of
// them is wanted; it is loaded by itself, so it shares no names with the site's script.
// @ts-check

{
  const STYLE = "STYLE"; // the build puts moving.css here
  const LEAST = 3; // sections: a shorter page is seen at a glance
  const style = document.createElement("style");
  style.textContent = STYLE;
  document.head.append(style);

  /**
   * @param {string} name
   * @param {Record<string, string>} attributes
   * @param {...(Node | string)} children
   */
  const make = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // ------------------------------------------------------------------ the table of contents

  const sections = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("main[data-lesson] > h2[id]")]);
  const masthead = document.querySelector("main > .masthead");
  if (masthead && sections.length >= LEAST) {
    const links = sections.map((section) => {
      const words = /** @type {HTMLElement} */ (section.cloneNode(true));
      for (const extra of words.querySelectorAll(".part, [role=tooltip], .footnote-ref")) extra.remove();
      return make("a", { href: `#${section.id}` }, make("span", {}, (words.textContent ?? "").trim()));
    });
    masthead.after(make("nav", { class: "contents", "aria-label": /* say */ "Sections" }, make("ol", {}, ...links.map((link) => make("li", {}, link)))));

    let waiting = false;
    const mark = () => {
      waiting = false;
      const line = innerHeight / 3;
      const at = sections.findLastIndex((section) => section.getBoundingClientRect().top < line);
      links.forEach((link, i) => (i === at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    };
    const soon = () => {
      if (!waiting) requestAnimationFrame(mark);
      waiting = true;
    };
    for (const type of ["scroll", "resize"]) addEventListener(type, soon, { passive: true });
    mark();
  }

  // ------------------------------------------------------------------ the keys

  const KEYS = [
    [["Tab"], /* say */ "to the next control; a row of buttons is one stop"],
    [["←", "↑", "↓", "→"], /* say */ "move a handle by a step, a slider, or within a row of buttons"],
    [["Enter"], /* say */ "press; in a word box, take the first word that is offered"],
    [["Esc"], /* say */ "bring back a word box’s example; close an explanation, or this"],
    [["/"], /* say */ "search the course"],
    [["?"], /* say */ "these keys"],
  ];
  const rows = KEYS.flatMap(([keys, words]) => [
    make("dt", {}, .../** @type {string[]} */ (keys).flatMap((key) => [make("kbd", {}, key), " "])),
    make("dd", {}, String(words)),
  ]);
  const close = make("button", { type: "submit", class: "chip", "data-control": "close-keys" }, /* say */ "Close");
  const dialog = /** @type {HTMLDialogElement} */ (
    make("dialog", { class: "keys", "aria-label": /* say */ "Keys" }, make("h2", {}, /* say */ "Keys"), make("dl", {}, ...rows), close)
  );
  close.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  document.addEventListener("page:keys", () => dialog.open || dialog.showModal());
}
