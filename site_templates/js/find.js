// The search comes when a reader asks for it, by the button or the key "/": all it does is in search.js.
// @ts-check

const searchButton = document.querySelector("[data-search]");
/** Its scripts, while they come and when they are there. @type {Promise<void> | null} */
let searching = null;

async function search() {
  try {
    // The first is small and names the second by its content: lessons stay as they are when the search changes.
    await (searching ??= runScript(`${SITE}search.js`).then(() => runScript(SITE + SEARCH.script)));
    pySearch(runScript);
  } catch {
    searching = null;
    announce(/* say */ "The search did not come: the network seems to be away.");
  }
}

searchButton?.addEventListener("click", search);
document.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  if (key !== "/" || ctrlKey || metaKey || altKey || isTyping(target)) return;
  if (document.querySelector("dialog[open]")) return;
  event.preventDefault(); // Firefox has a search of its own there
  search();
});
