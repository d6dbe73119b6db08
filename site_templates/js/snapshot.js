// Python's memory after its first start, kept in this browser: a later visit puts it back instead of starting anew.
//
// Whoever can change a snapshot decides what Python runs from then on. So it comes only from a Python that has run
// nothing but pycore (python.js takes one before the first call, never later); no worker reaches the cache that it
// lies in; and it is used only when its hash, kept beside it, is right.
// @ts-check

const DIGEST = 32; // bytes of SHA-256

class SnapshotShelf {
  #name;
  #key;

  /**
   * @param {string} home  address of the site: one origin may hold several
   * @param {string} key   address that names all that a snapshot depends on
   */
  constructor(home, key) {
    this.#name = `python at ${home}`;
    this.#key = `${key}?${encodeURIComponent(navigator.userAgent)}`;
  }

  /** Whether this browser can keep one here. */
  get open() {
    return !Files.disk && "caches" in window && Boolean(crypto.subtle);
  }

  /**
   * Find the snapshot of an earlier visit. One that is not as it was kept is dropped.
   *
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
   */
  async recall() {
    try {
      const kept = this.open && (await (await caches.open(this.#name)).match(this.#key));
      if (!kept) return null;
      const buffer = await kept.arrayBuffer();
      const bytes = new Uint8Array(buffer, DIGEST);
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      if (String(digest) === String(new Uint8Array(buffer, 0, DIGEST))) return bytes;
    } catch {
      // As if there were none.
    }
    await this.forget();
    return null;
  }

  /**
   * Keep a snapshot for later visits; those of other builds go.
   *
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  async keep(bytes) {
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    await this.forget();
    const shelf = await caches.open(this.#name);
    await shelf.put(this.#key, new Response(new Blob([digest, bytes])));
  }

  /** Drop what is kept. */
  async forget() {
    if (this.open) await caches.delete(this.#name).catch(() => {});
  }
}
