// The pieces of a set of files on demand (demand.js): from this device, from the network, or from disk. Each is checked by
// its hash; what the network brought is kept on the device, where the service worker keeps files (sw.js) and under the same
// name. sitegen/demand.py writes them. All are read into the memory of the one before: a browser is late to collect what is
// let go.
// @ts-check

/**
 * @typedef {[bytes: number, sha256: string, script: string]} Piece  what it holds, its hash in base64, and the hash of
 *     the script that carries it, in hex
 */

const COURSE = new URL("./", location.href).href;
const KEPT_HERE = `course at ${COURSE}`; // as in sw.js
const ON_DISK = location.protocol === "file:";
// How a piece is written: sitegen/demand.py.
const CALL = "\ufeffpyPiece(".length;
const BEGINNING = "() => {/*".length;
const STAR = "*".charCodeAt(0);
const TURNED = 0x8000;
const MORE = 50; // characters around the piece, at most
const AWAY = /* say */ "The network went away";
const BROKEN = /* say */ "The network broke off";

/** What ends loading, in words for the reader. */
class Ending extends Error {
  /** @param {"failed" | "refused"} state  @param {string} words */
  constructor(state, words) {
    super(words);
    this.state = state;
  }
}

/** The pieces of one set. */
class Pieces {
  /** Whether pieces could be kept. */
  keeps = !ON_DISK && "caches" in window;
  /** Where scripts are read, one after the other. */
  #room = new ArrayBuffer(0);
  #python;

  /**
   * @param {string} name  of the set
   * @param {Python} python  gives back what held a piece (`spare`)
   * @param {() => void} missing  is called before the page hears that a piece was not found
   */
  constructor(name, python, missing) {
    this.name = name;
    this.#python = python;
    this.missing = missing;
  }

  /**
   * See what is on this device.
   *
   * @returns {Promise<(piece: Piece) => boolean>}
   */
  async here() {
    const keys = new Set((await (await caches.open(KEPT_HERE)).keys()).map(({ url }) => url));
    return (piece) => !ON_DISK && keys.has(keyOf(this.name, piece));
  }

  /** Free the device, and keep no more. */
  async remove() {
    const cache = await caches.open(KEPT_HERE).catch(() => null);
    const ours = (/** @type {Request} */ { url }) => url.startsWith(`${COURSE}kept/`) && url.split("/").pop()?.startsWith(`${this.name}.`);
    for (const key of (await cache?.keys())?.filter(ours) ?? []) await cache?.delete(key);
    this.keeps = false;
  }

  /** Let go of the memory for pieces, until one is brought again. */
  letGo() {
    this.#room = new ArrayBuffer(0);
    this.#python.spare = null;
  }

  /**
   * Bring a piece, checked.
   *
   * @param {Piece} piece
   * @param {AbortSignal} signal
   * @param {(bytes: number) => void} progress
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async bring(piece, signal, progress) {
    const address = addressOf(this.name, piece);
    if (ON_DISK) return checked(piece, await this.#fromDisk(piece, address));
    const key = keyOf(this.name, piece);
    // Two pages that load at once fetch a piece once: the other waits, and finds it.
    return navigator.locks ? navigator.locks.request(key, { signal }, () => this.#take(piece, key, signal, progress)) : this.#take(piece, key, signal, progress);
  }

  /**
   * Take a piece from this device, or else from the network.
   *
   * @param {Piece} piece
   * @param {string} key
   * @param {AbortSignal} signal
   * @param {(bytes: number) => void} progress
   */
  async #take(piece, key, signal, progress) {
    const shelf = this.keeps ? await caches.open(KEPT_HERE).catch(() => null) : null;
    this.keeps = shelf !== null;
    const kept = await shelf?.match(key).catch(() => undefined);
    // What anyone may have written there is used only if it is what the build made.
    if (kept) {
      const bytes = await this.#read(kept, piece, () => {})
        .then((script) => checked(piece, this.#cutOut(piece, script)))
        .catch(() => null);
      if (bytes) return bytes;
      await shelf?.delete(key);
    }
    const address = addressOf(this.name, piece);
    let script = await this.#fetch(address, piece, "default", signal, progress);
    let bytes = await checked(piece, this.#cutOut(piece, script)).catch(() => null);
    if (!bytes) {
      script = await this.#fetch(address, piece, "reload", signal, progress); // not what the browser has of it
      bytes = await checked(piece, this.#cutOut(piece, script));
    }
    await shelf?.put(key, served(script)).catch(() => (this.keeps = false)); // no room: it is used all the same
    return bytes;
  }

  /**
   * @param {string} address
   * @param {Piece} piece
   * @param {RequestCache} cache
   * @param {AbortSignal} signal
   * @param {(bytes: number) => void} progress
   */
  async #fetch(address, piece, cache, signal, progress) {
    // Where the page has no digest to check with (plain http from another machine), the browser checks.
    const bytes = (piece[2].match(/../g) ?? []).map((byte) => parseInt(byte, 16));
    const integrity = crypto.subtle ? "" : `sha256-${btoa(String.fromCharCode(...bytes))}`;
    const away = (/** @type {unknown} */ error) => {
      signal.throwIfAborted();
      console.info("on demand:", error);
      throw new Ending("failed", navigator.onLine ? BROKEN : AWAY);
    };
    const response = await fetch(address, { cache, signal, integrity }).catch(away);
    if (!response.ok || !response.body) {
      // A newer version of the site may have taken this one's place: then the page renews itself (version.js).
      this.missing();
      document.dispatchEvent(new CustomEvent("python:missing", { detail: address }));
      throw new Ending("failed", /* say */ `A part of it was not found (${response.status})`);
    }
    return this.#read(response, piece, progress).catch(away);
  }

  /**
   * Read a script to where the last one was: a browser is late to collect what is let go. What is longer than the
   * script of such a piece can be is left, and is not what the build made.
   *
   * @param {Response} response
   * @param {Piece} piece
   * @param {(bytes: number) => void} progress
   */
  async #read({ body }, [size], progress) {
    const most = 2 * (size + MORE);
    if (this.#room.byteLength < most) this.#room = new ArrayBuffer(most);
    const script = new Uint8Array(this.#room);
    let come = 0;
    const reader = /** @type {ReadableStream<Uint8Array>} */ (body).getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      if (come + step.value.length > most) {
        await reader.cancel();
        break;
      }
      script.set(step.value, come);
      progress((come += step.value.length));
    }
    return script.subarray(0, come);
  }

  /**
   * The bytes that a piece's function holds as a comment, where those were that Python has read.
   *
   * @param {Piece} piece
   * @param {(i: number) => number} at  the function's text, a character after the other
   */
  #inComment([size], at) {
    const pairs = Math.ceil(size / 2);
    const room = this.#python.spare && this.#python.spare.byteLength >= 2 * pairs ? this.#python.spare : new ArrayBuffer(2 * pairs);
    this.#python.spare = null;
    const content = new Uint16Array(room, 0, pairs);
    for (let i = BEGINNING, end = 0; end < pairs; i++, end++) {
      content[end] = at(i);
      if (content[end] === STAR) content[end] = at(++i) ^ TURNED;
    }
    return new Uint8Array(room, 0, size);
  }

  /**
   * @param {Piece} piece
   * @param {Uint8Array<ArrayBuffer>} script
   */
  #cutOut(piece, script) {
    const text = new Uint16Array(script.buffer, 0, script.length >> 1).subarray(CALL);
    return this.#inComment(piece, (i) => text[i] ?? 0);
  }

  /**
   * Read a piece from disk, where `fetch` is refused: as a script.
   *
   * @param {Piece} piece
   * @param {string} address
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  #fromDisk(piece, address) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      const gone = () => reject(new Ending("failed", /* say */ "A part of it could not be read"));
      const take = (/** @type {string} */ text) => resolve(this.#inComment(piece, (i) => text.charCodeAt(i)));
      Object.assign(script, { take });
      script.onload = () => {
        script.remove();
        gone(); // unless it has called
      };
      script.onerror = gone;
      document.head.append(script);
    });
  }
}

/**
 * @param {string} name
 * @param {Piece} piece
 */
function addressOf(name, [, , script]) {
  return `${COURSE}large/${name}.${script.slice(0, 20)}.js`;
}

/**
 * Where the service worker keeps it.
 *
 * @param {string} name
 * @param {Piece} piece
 */
function keyOf(name, [, , script]) {
  const digest = script.slice(0, 20);
  return `${COURSE}kept/${digest}/${name}.${digest}.js`;
}

/** @param {Piece[]} pieces */
function sum(pieces) {
  return pieces.reduce((bytes, [size]) => bytes + size, 0);
}

/**
 * A script as sw.js keeps it. As a stream, since a browser copies other bodies.
 *
 * @param {Uint8Array<ArrayBuffer>} script
 */
function served(script) {
  const headers = { "Content-Type": "text/javascript; charset=utf-8" };
  const start = (/** @type {ReadableStreamDefaultController} */ controller) => {
    controller.enqueue(script);
    controller.close();
  };
  return new Response(new ReadableStream({ start }), { headers });
}

/**
 * @param {Piece} piece
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function checked([, sha256], bytes) {
  if (!crypto.subtle) return bytes;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  if (btoa(String.fromCharCode(...digest)) !== sha256) throw new Ending("failed", /* say */ "A part of it came damaged, and was not used");
  return bytes;
}

Object.assign(window, { pyPiece: (/** @type {() => void} */ holds) => /** @type {any} */ (document.currentScript).take(holds.toString()) });
