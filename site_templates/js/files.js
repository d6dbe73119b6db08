// Python's files. The page alone can read them, since the worker that runs Python reaches nothing: over http it fetches
// them, from disk it takes them from classic scripts. Each is checked against the hash that the build wrote down, before
// anything of it is used. This comes when Python is wanted.
// @ts-check

/** A file that did not come, or did not come whole. */
class FileError extends Error {
  /**
   * @param {string} file
   * @param {string} message
   */
  constructor(file, message) {
    super(message);
    this.file = file;
  }
}

/** The files for one start of Python. */
class Files {
  #stop = new AbortController();

  /**
   * @param {Start["files"]} table
   * @param {(bytes: number) => void} progress  is told of the bytes that come
   * @param {Iterable<string>} renew  came damaged before: what the browser has of them is not used again
   */
  constructor(table, progress, renew) {
    this.table = table;
    this.progress = progress;
    this.renew = new Set(renew);
  }

  /** Whether the page was opened by double click. */
  static get disk() {
    return location.protocol === "file:";
  }

  /** Stop all that is on its way. */
  stop() {
    this.#stop.abort();
  }

  /** @param {string} name */
  addressOf(name) {
    return new URL(this.table[name][2] + name, document.baseURI).href;
  }

  /**
   * Read a file.
   *
   * @param {string} name
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async bytes(name) {
    if (Files.disk) return this.#checked(name, await this.#fromDisk(name));
    const response = await this.#response(name);
    return this.#checked(name, await this.#whole(name, response));
  }

  /**
   * Compile a file of WebAssembly, while it comes where that can be.
   *
   * @param {string} name
   * @returns {Promise<WebAssembly.Module>}
   */
  async compiled(name) {
    if (Files.disk) return WebAssembly.compile(await this.bytes(name));
    const response = await this.#response(name);
    // The response goes to the compiler untouched, since browsers keep compiled code only for what they fetched
    // themselves; a copy is counted and checked.
    const copy = this.#whole(name, response.clone()).then((bytes) => this.#checked(name, bytes));
    const module = WebAssembly.compileStreaming(response);
    module.catch(() => {}); // when it is cut or damaged, the check says so in words
    await copy;
    return module;
  }

  /** @param {string} name */
  async #response(name) {
    // Where the page has no digest to check with (plain http from another machine), the browser checks.
    const integrity = crypto.subtle ? "" : `sha256-${this.table[name][3]}`;
    const cache = this.renew.has(name) ? "reload" : "default";
    const asked = fetch(this.addressOf(name), { signal: this.#stop.signal, integrity, cache });
    const response = await asked.catch(() => {
      throw new FileError(name, `${name} could not be fetched`);
    });
    if (!response.ok) throw new FileError(name, `${name} was not found (${response.status})`);
    return response;
  }

  /**
   * Read what comes, telling how much it is.
   *
   * @param {string} name
   * @param {Response} response
   */
  async #whole(name, response) {
    const size = this.table[name][0];
    const bytes = new Uint8Array(size);
    let end = 0;
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    try {
      for (let step = await reader.read(); !step.done; step = await reader.read()) {
        if (end + step.value.length <= size) bytes.set(step.value, end);
        end += step.value.length;
        this.progress(step.value.length);
      }
    } catch {
      throw new FileError(name, `${name} could not be fetched`);
    }
    if (end !== size) throw new FileError(name, `${name} did not come whole (${end} of ${size} bytes)`);
    return bytes;
  }

  /**
   * @param {string} name
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  async #checked(name, bytes) {
    if (!crypto.subtle) return bytes;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    if (btoa(String.fromCharCode(...digest)) !== this.table[name][3]) throw new FileError(name, `${name} is damaged`);
    return bytes;
  }

  // -------------------------------------------------------------- from disk: base64 of gzip, in pieces

  /** @param {string} name */
  async #fromDisk(name) {
    const [size, pieces] = this.table[name];
    const { readable, writable } = new DecompressionStream("gzip");
    const whole = new Response(readable).arrayBuffer();
    const writer = writable.getWriter();
    try {
      for (let i = 0; i < pieces; i++) {
        // Nothing is waited for: decompressing goes on while the next piece is read.
        writer.write(decoded(await readPiece(name, i))).catch(() => {});
        this.progress(size / pieces);
        if (this.#stop.signal.aborted) throw new FileError(name, `${name} is not wanted any more`);
      }
      writer.close().catch(() => {});
      return new Uint8Array(await whole);
    } catch (error) {
      whole.catch(() => {});
      writer.abort().catch(() => {});
      throw error instanceof FileError ? error : new FileError(name, `${name} is damaged`);
    }
  }
}

/** The piece that is being read; each waits for the one before, since they all call the same function. */
let lastPiece = Promise.resolve("");

/**
 * Read a piece of a file from disk: a script that calls pyDisk(file, number, text).
 *
 * @param {string} name
 * @param {number} number
 */
function readPiece(name, number) {
  const read = async () => {
    const source = `disk/${name}.${number}.js`;
    let text = "";
    Object.assign(window, {
      pyDisk: (/** @type {[string, number, string]} */ ...[file, i, piece]) => {
        if (file === name && i === number) text = piece;
      },
    });
    await runScript(source).catch(({ message }) => {
      throw new FileError(name, message);
    });
    if (!text) throw new FileError(name, `${source} is damaged`);
    return text;
  };
  lastPiece = lastPiece.then(read, read);
  return lastPiece;
}

/** @param {string} text */
function decoded(text) {
  const quick = /** @type {{ fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }} */ (Uint8Array);
  return quick.fromBase64?.(text) ?? Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
