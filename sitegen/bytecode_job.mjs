// Runs bytecode_job.py in Pyodide: node bytecode_job.mjs FOLDER, where the folder holds Pyodide and sources.zip.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
try {
  await main();
} catch (error) {
  console.error(String(error).trimEnd().slice(-300)); // of a traceback the end; Node would print Pyodide's code
  process.exit(1);
}

async function main() {
  const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
  const python = await loadPyodide({ indexURL: folder });
  python.mountNodeFS("/work", folder);
  python.globals.set("WORK", "/work");
  python.runPython(readFileSync(new URL("bytecode_job.py", import.meta.url), "utf-8"));
}
