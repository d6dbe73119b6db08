// A figure as a program of the reader's own: a Python file, or a notebook that goes on where the page stopped.
// @ts-check

/**
 * What a program is written from.
 *
 * @typedef {{ title: string, from: string, address: string, wheel: string, path: string, params: object, state: object,
 *   functions: { name: string, text: string, imports: string[] }[] }} Told
 */

/**
 * A value of JSON as Python writes it.
 *
 * @param {any} value
 * @returns {string}
 */
function inPython(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(inPython).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([key, one]) => `${inPython(key)}: ${inPython(one)}`).join(", ")}}`;
  return JSON.stringify(value); // numbers and texts are written alike, in ASCII or not
}

/**
 * The pieces of a program: each is a cell of a notebook.
 *
 * @param {Told} told
 */
function cellsOf({ path, params, state, functions }) {
  const imports = [...new Set(functions.flatMap((one) => one.imports))].sort();
  const given = Object.keys(params).length ? `,\n    params=${inPython(params)}` : "";
  const left = Object.keys(state).length ? `,\n    state=${inPython(state)}` : "";
  const first = ["from __future__ import annotations", "", ...imports, "from pycore.live.taken import Taken", "", `figure = Taken(\n    ${inPython(path)}${given}${left},\n)`];
  const own = functions.map(({ name, text }) => `@figure.runs(${inPython(name)})\n${text.replace(/^(?:@.*\n)*/, "").trimEnd()}`);
  const numbers = 'for name, text in figure.numbers.items():\n    print(f"{name}: {text}")';
  return { first: first.join("\n"), own, numbers };
}

const HOW = "The functions are those that the figure runs, as they stand in pycore or as you changed them in the page; change them\nhere, and it runs yours. figure.send(event, …) does what a press does; figure.figure.events() names the events.";

/** @param {Told} told */
function programOf(told) {
  const { first, own, numbers } = cellsOf(told);
  const [future, ...rest] = first.split("\n");
  const head = `"""${told.title}\n\n${told.from}\n${told.address}\n\nIt needs Python 3.11 or newer and the course's library:\n    pip install "${told.wheel}"\n\n${HOW}\n"""`;
  const about = `# /// script\n# requires-python = ">=3.11"\n# dependencies = ["pycore @ ${told.wheel}"]\n# ///`;
  const save = `${numbers}\n\nPath("figure.html").write_text(figure.html(), "utf-8")  # the picture, for a browser`;
  const tail = `if __name__ == "__main__":\n${save.replace(/^(?=.)/gm, "    ")}`;
  return `${[about, head, `${future}\n\nfrom pathlib import Path\n${rest.join("\n")}`].join("\n\n")}\n\n\n${[...own, tail].join("\n\n\n")}\n`;
}

/** @param {Told} told */
function notebookOf(told) {
  const { first, own, numbers } = cellsOf(told);
  const words = `# ${told.title}\n\n${told.from}: <${told.address}>\n\n${HOW}`;
  const code = [`%pip install -q "${told.wheel}"`, first, ...own, numbers, "figure"];
  const cells = [
    { cell_type: "markdown", id: "about", metadata: {}, source: words },
    ...code.map((source, i) => ({ cell_type: "code", id: `cell-${i}`, metadata: {}, source, execution_count: null, outputs: [] })),
  ];
  const kernel = { kernelspec: { name: "python3", display_name: "Python 3", language: "python" }, language_info: { name: "python" } };
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: kernel, cells }, null, 1);
}
