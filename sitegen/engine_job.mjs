// Takes out of Pyodide's engine what is only kept in case that someone asks for it, and nobody does: node engine_job.mjs
// FOLDER, where the folder holds engine.mjs, users.js (the scripts that use it) and in modules/ every module of WebAssembly
// that may be loaded. It writes less.mjs there. Functions that nothing mentions any more are still in it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const folder = process.argv[2];
const read = (name) => readFileSync(`${folder}/${name}`, "utf-8");

const HANDED_ON = /(?<=[;{])(_\w+)=Module\["\1"\]=wasmExports\["\w+"\];/g; // an export of Python's, for whoever wants it
const IMPORTS = /(?<=\bvar wasmImports=\{)[\w$:,]+(?=\})/; // what a module may ask for
const OFFERED = /(?<=;)Module\["([\w$]+)"\]=\1;/g; // a function of the engine's own, for whoever wants it
const OF_AN_IMPORT = /(?<=[;}])([\w$]+)\.(?:sig="\w*"|async=(?:true|!0));/g; // what is told of one

try {
  const source = read("engine.mjs");
  if (![HANDED_ON, IMPORTS, OFFERED].every((known) => source.match(known))) throw "this engine is written otherwise";
  writeFileSync(`${folder}/less.mjs`, without(source));
} catch (error) {
  console.error(String(error)); // Node would print the source, which is one long line
  process.exit(1);
}

/** @param {string} source */
function without(source) {
  const words = new Map();
  for (const [word] of source.matchAll(/[\w$]+/g)) words.set(word, (words.get(word) ?? 0) + 1);
  const used = new Set(read("users.js").match(/[\w$]+/g));
  for (const [, name] of source.matchAll(/\.([\w$]+)/g)) used.add(name);
  const asked = new Set(readdirSync(`${folder}/modules`).flatMap(imports));
  const gone = new Set();
  return source
    .replace(HANDED_ON, (line, name) => (used.has(name) || words.get(name) > 3 ? line : "")) // declared, given, kept
    .replace(IMPORTS, (all) => all.split(",").filter((entry) => asked.has(key(entry)) || !gone.add(value(entry))).join())
    .replace(OFFERED, (line, name) => (used.has(name) ? line : ""))
    .replace(OF_AN_IMPORT, (line, name) => (gone.has(name) ? "" : line))
    .replace(/(?<![.\w$])eval\(/g, "globalThis.eval("); // one that sees the names around it would keep them all; here none may run
}

function imports(file) {
  const module = new WebAssembly.Module(readFileSync(`${folder}/modules/${file}`));
  return WebAssembly.Module.imports(module).map(({ name }) => name);
}

function key(entry) {
  return entry.split(":")[0];
}

function value(entry) {
  return entry.split(":").at(-1);
}
