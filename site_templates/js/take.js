// Taking a figure away: its picture as it stands, and its code as a program or a notebook. source.js fetches this
// script when "save" is first pressed; it shares no names with the site's script, which hands it what it needs.
// @ts-check

const TAKE_STYLE = "STYLE"; // the build puts take.css here
const TAKE_FACES = "FACES"; // and the site's faces, within their rules
const SHARPER = 2; // pixels of a PNG to one of the page

document.head.append(Object.assign(document.createElement("style"), { textContent: TAKE_STYLE }));

/**
 * @param {HTMLElement} figure
 * @param {string} from
 */
function svgOf(figure, from) {
  const [body, number, title] = /** @type {HTMLElement[]} */ ([".body", ".bar .fig", ".bar .title"].map((name) => figure.querySelector(name)));
  const picture = new Picture(body);
  const caption = figure.querySelector("figcaption") ?? body;
  picture.line(number.textContent ?? "", SIDE, 29, number);
  picture.line(title.textContent ?? "", SIDE + number.getBoundingClientRect().width + 14, 29, title);
  picture.line(`${from} · CC BY 4.0`, SIDE, picture.size.height - 11, /** @type {HTMLElement} */ (caption), { "font-size": 12, "fill-opacity": 0.75 });
  picture.svg.prepend(drawn("style", {}, TAKE_FACES));
  return { text: new XMLSerializer().serializeToString(picture.svg), ...picture.size };
}

/**
 * @param {{ text: string, width: number, height: number }} svg
 * @returns {Promise<Blob>}
 */
async function pngOf({ text, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(width * SHARPER), height: Math.round(height * SHARPER) });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("no picture"))), "image/png"));
}

/**
 * @param {HTMLElement & { left: { state: object } }} figure
 * @param {string} panel  HTML of "show the code"; empty for a figure without
 * @param {Map<string, string>} written  the reader's versions of functions, by their names
 * @param {string} wheel  address of pycore
 */
function takenFrom(figure, panel, written, wheel) {
  const holder = document.createElement("template");
  holder.innerHTML = panel;
  const functions = /** @type {HTMLElement[]} */ ([...holder.content.querySelectorAll("[data-function]")]).map((section) => {
    const name = section.dataset.function ?? "";
    const imports = JSON.parse(section.dataset.imports ?? "[]");
    return { name, imports, text: written.get(name) ?? section.querySelector("textarea")?.defaultValue ?? "" };
  });
  const title = ["fig", "title"].map((name) => figure.querySelector(`.bar .${name}`)?.textContent?.trim()).join(": ");
  const params = JSON.parse(figure.dataset.params ?? "{}");
  const address = `${location.href.split("#")[0]}#${figure.id}`;
  return { title, from: /* say */ `From ${document.title}`, address, wheel, path: figure.dataset.path ?? "", params, state: figure.left.state, functions };
}

/**
 * @param {HTMLElement & { left: { state: object } }} figure
 * @param {string} panel
 * @param {Map<string, string>} written
 * @param {string} wheel
 */
function offer(figure, panel, written, wheel) {
  const from = document.title;
  const stem = `${location.pathname.split("/").at(-1)?.replace(/\.html$/, "") || "index"}-${figure.id}`;
  const text = (/** @type {string} */ of, /** @type {string} */ type) => new Blob([of], { type: `${type};charset=utf-8` });
  /** @type {[string, string, string, () => Blob | Promise<Blob>][]} */
  const ways = [
    ["png", /* say */ "Picture (PNG)", /* say */ "for a document or slides", () => pngOf(svgOf(figure, from))],
    ["svg", /* say */ "Picture (SVG)", /* say */ "sharp at any size, and can be changed", () => text(svgOf(figure, from).text, "image/svg+xml")],
    ["py", /* say */ "Program (.py)", /* say */ "the figure and the code that it runs", () => text(programOf(takenFrom(figure, panel, written, wheel)), "text/x-python")],
    ["ipynb", /* say */ "Notebook (.ipynb)", /* say */ "the same in cells, for Jupyter", () => text(notebookOf(takenFrom(figure, panel, written, wheel)), "application/x-ipynb+json")],
  ];
  const dialog = document.createElement("dialog");
  dialog.className = "take";
  dialog.setAttribute("aria-labelledby", "take-title");
  dialog.innerHTML = `<h2 id="take-title"></h2><p>${/* say */ "As it stands now."}</p><ul></ul><p class="said" role="status"></p>
<button type="button" class="chip" data-control="take-close">${/* say */ "Close"}</button>`;
  const [heading, list, said] = /** @type {HTMLElement[]} */ (["h2", "ul", ".said"].map((name) => dialog.querySelector(name)));
  const number = figure.querySelector(".bar .fig")?.textContent;
  heading.textContent = /* say */ `Save ${number}`;
  for (const [ending, name, what, make] of ways) {
    const row = document.createElement("li");
    row.innerHTML = `<button type="button" class="chip" data-control="take-${ending}">${name}</button> <span>${what}</span>`;
    row.firstElementChild?.addEventListener("click", async () => {
      try {
        hand(await make(), `${stem}.${ending}`);
        said.textContent = /* say */ `${stem}.${ending} was handed to your browser.`;
      } catch {
        said.textContent = ending === "png" ? /* say */ "This browser could not paint it; the SVG is the same picture." : /* say */ "It could not be written.";
      }
    });
    list.append(row);
  }
  const source = /** @type {HTMLElement} */ (document.createElement("p"));
  source.className = "how";
  source.textContent = /* say */ "Program and notebook need Python 3.11 or newer; the course’s library comes from where this page lies.";
  list.after(source);
  dialog.querySelector("[data-control=take-close]")?.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

Object.assign(window, { pyTake: offer });
