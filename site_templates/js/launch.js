// A start of Python: all that it needs is asked for at once. This comes when Python is wanted.
// @ts-check

const PYODIDE = ["pyodide.mjs", "pyodide.asm.mjs"];
const ENGINE = "pyodide.asm.wasm";
const PACKS = /** @type {const} */ (["stdlib", "numpy", "pycore"]);

/**
 * What a start needs, as the build tells it.
 *
 * @typedef {object} Needed
 * @property {Record<string, [bytes: number, pieces: number, folder: string, sha256: string]>} files  of the whole site,
 *     with the number of their pieces on disk; the hash is in base64
 * @property {[string, string][]} libraries  extension modules of numpy: file, and path in site-packages
 * @property {string} lock          Pyodide's list of packages: empty
 * @property {string} worker        source of the worker
 */

/**
 * Ask for all of it.
 *
 * @param {Needed} needed
 * @param {Files} files
 * @param {SnapshotShelf} shelf
 */
function launch({ files: table, libraries, lock, worker }, files, shelf) {
  // Data and archives come when they are asked for.
  const first = [...PYODIDE, ENGINE, ...libraries.map(([name]) => name), ...PACKS.map((name) => `${name}.pack`)];
  const address = workerAddress(files, worker); // asked for first: a worker needs a while to come to life
  const modules = Promise.all([ENGINE, ...libraries.map(([name]) => name)].map((name) => files.compiled(name)));
  const packs = Promise.all(PACKS.map((name) => files.bytes(`${name}.pack`)));
  const told = Promise.all([modules, packs, shelf.recall()]).then(([[wasm, ...code], [stdlib, numpy, pycore], snapshot]) => {
    const message = {
      type: "start",
      lock,
      wasm,
      libraries: libraries.map(([, path], i) => [path, code[i]]),
      packs: { stdlib, numpy, pycore },
      snapshot,
      wish: shelf.open,
    };
    return { message, transfer: [stdlib, numpy, pycore, snapshot].flatMap((bytes) => bytes?.buffer ?? []) };
  });
  told.catch(() => {}); // it is waited for after the address
  return { total: first.reduce((sum, name) => sum + table[name][0], 0), address, told };
}

/**
 * Write the worker and Pyodide into one address. Only so do they need no permission that a script in the page could
 * use too: a worker may be made from `data:`, and import from there, where a page's script may not.
 *
 * @param {Files} files
 * @param {string} source  the worker's own
 */
async function workerAddress(files, source) {
  const [loader, engine] = await Promise.all(PYODIDE.map((name) => files.bytes(name)));
  const from = (/** @type {Uint8Array<ArrayBuffer>} */ code) => JSON.stringify(asAddress(new TextDecoder().decode(code)));
  return asAddress(
    `import { loadPyodide } from ${from(loader)};\nimport createEngine from ${from(engine)};\n${source}`,
  );
}

/**
 * Write a module into a `data:` address, so that it is read back as it is.
 *
 * @param {string} code
 */
function asAddress(code) {
  return `data:text/javascript;charset=utf-8,${code.replace(/[%#\n\r\t]/g, encodeURIComponent)}`;
}
