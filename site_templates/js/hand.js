// A file that the page made goes to the reader, as a download. The scripts that need this bring it along.
// @ts-check

/**
 * @param {Blob} what
 * @param {string} name
 */
function hand(what, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(what), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // long after the browser has taken it
}
