// A part of the worker: Python's memory as bytes that the page can keep, and back.
//
// For a snapshot to fit, numpy's extension modules must lie at the same places in the memory and in the table of
// functions, so worker.js loads them first thing in every start, in the same order. Whatever is wrong with a snapshot,
// Python starts the ordinary way.
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

const PAGE = 1 << 16; // bytes

/**
 * Write a snapshot as a note in JSON, after its length, then the head and the stretches.
 *
 * @param {Uint8Array<ArrayBuffer>} whole  from Pyodide's makeMemorySnapshot
 * @param {number} table
 */
function wrap(whole, table) {
  const headLength = new Uint32Array(whole.buffer, 0, 2)[1];
  const memory = whole.subarray(headLength);
  const runs = stretches(memory);
  const note = new TextEncoder().encode(JSON.stringify({ heap: memory.length, table, runs, headLength }));
  const parts = [note, whole.subarray(0, headLength), ...runs.map(([start, end]) => memory.subarray(start, end))];
  const wrapped = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 4));
  new DataView(wrapped.buffer).setUint32(0, note.length, true);
  let end = 4;
  for (const part of parts) {
    wrapped.set(part, end);
    end += part.length;
  }
  return wrapped;
}

/**
 * @param {Uint8Array<ArrayBuffer>} wrapped
 * @returns {Snapshot}
 */
function unwrap(wrapped) {
  const noteLength = new DataView(wrapped.buffer, wrapped.byteOffset).getUint32(0, true);
  const note = JSON.parse(new TextDecoder().decode(wrapped.subarray(4, 4 + noteLength)));
  const rest = wrapped.subarray(4 + noteLength);
  return { ...note, head: rest.slice(0, note.headLength), bytes: rest.subarray(note.headLength) };
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
