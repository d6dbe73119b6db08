// A part of the worker: Python's memory, kept in this browser after its first start, with numpy and pycore imported.
//
// A later visit puts it back instead of starting anew. For that, numpy's extension modules must lie at the same
// places in the memory and in the table of functions, so worker.js loads them first thing in every start, in the same
// order. Whatever is wrong with a snapshot, it is dropped and Python starts the ordinary way.
// @ts-check
/// <reference lib="webworker" />

/**
 * @typedef {object} Snapshot
 * @property {number} heap              bytes of the memory
 * @property {number} table             length of the table of functions when numpy's modules had been loaded
 * @property {[number, number][]} runs  stretches of memory that are not empty: start and end
 * @property {number} headLength
 * @property {Uint8Array<ArrayBuffer>} head  what Pyodide writes of its own state
 * @property {Uint8Array<ArrayBuffer>} bytes  the content of the stretches
 */

const SHELF = "python-snapshot"; // a cache of its own
const PAGE = 1 << 16; // bytes

/**
 * Find the snapshot of an earlier visit.
 *
 * @param {string} key
 * @returns {Promise<Snapshot | null>}
 */
async function recall(key) {
  try {
    const kept = await (await caches.open(SHELF)).match(key);
    if (!kept) return null;
    const buffer = await kept.arrayBuffer();
    const [sum, noteLength] = new Uint32Array(buffer, 0, 2);
    if (sum !== checksum(buffer)) throw new Error("the snapshot is damaged");
    const note = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, noteLength)));
    const rest = new Uint8Array(buffer, 8 + noteLength);
    return { ...note, head: rest.slice(0, note.headLength), bytes: rest.subarray(note.headLength) };
  } catch {
    await forget();
    return null;
  }
}

/** Drop what is kept. */
async function forget() {
  await caches.delete(SHELF).catch(() => {});
}

/**
 * Keep a snapshot for later visits; those of other builds go.
 *
 * @param {string} key
 * @param {Uint8Array<ArrayBuffer>} whole  from Pyodide's makeMemorySnapshot
 * @param {number} table
 */
async function keep(key, whole, table) {
  const headLength = new Uint32Array(whole.buffer, 0, 2)[1];
  const memory = whole.subarray(headLength);
  const runs = stretches(memory);
  const note = JSON.stringify({ heap: memory.length, table, runs, headLength });
  const noteBytes = new TextEncoder().encode(note.padEnd(Math.ceil(note.length / 4) * 4));
  const parts = [new Uint32Array([0, noteBytes.length]), noteBytes, whole.subarray(0, headLength)];
  const body = new Blob([...parts, ...runs.map(([start, end]) => memory.subarray(start, end))]);
  const buffer = await body.arrayBuffer();
  new Uint32Array(buffer)[0] = checksum(buffer);
  await forget();
  await (await caches.open(SHELF)).put(key, new Response(buffer));
}

/**
 * Put the memory back.
 *
 * @param {Snapshot} kept
 * @param {Uint8Array} memory
 */
function refill({ runs, bytes }, memory) {
  memory.fill(0);
  let read = 0;
  for (const [start, end] of runs) {
    memory.set(bytes.subarray(read, read + end - start), start);
    read += end - start;
  }
}

/**
 * @param {Uint8Array} memory  whole pages
 * @returns {[number, number][]}
 */
function stretches(memory) {
  const words = new Uint32Array(memory.buffer, memory.byteOffset, memory.length / 4);
  /** @type {[number, number][]} */
  const runs = [];
  for (let start = 0; start < memory.length; start += PAGE) {
    if (!words.subarray(start / 4, (start + PAGE) / 4).some(Boolean)) continue;
    const last = runs.at(-1);
    if (last?.[1] === start) last[1] += PAGE;
    else runs.push([start, start + PAGE]);
  }
  return runs;
}

/**
 * Sum up all but the first word, in which the sum is kept.
 *
 * @param {ArrayBuffer} buffer
 */
function checksum(buffer) {
  const words = new Uint32Array(buffer);
  let sum = 0;
  for (let i = 1; i < words.length; i++) sum = (Math.imul(sum, 31) + words[i]) | 0;
  return sum >>> 0;
}
