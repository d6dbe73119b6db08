// Makes a script shorter: node shorter_job.mjs FOLDER, where the folder holds script.js, options.json and terser.js. It
// writes shorter.js there.
import { readFileSync, writeFileSync } from "node:fs";

const folder = process.argv[2];
const read = (name) => readFileSync(`${folder}/${name}`, "utf-8");

try {
  const terser = {};
  // Its one dependency is for maps of sources.
  new Function("exports", "module", "require", read("terser.js"))(terser, {}, () => ({}));
  const { code } = await terser.minify(read("script.js"), JSON.parse(read("options.json")));
  writeFileSync(`${folder}/shorter.js`, code);
} catch (error) {
  console.error(String(error)); // Node would print the source
  process.exit(1);
}
