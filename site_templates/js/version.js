// A newer version: its files may have taken the place of those that this page, kept or left open, was built with.
//
// A page that misses one of Python's files looks whether it has changed on the server. If so it loads itself anew, with
// the figures as the reader left them. It asks instead where that would lose something.
// @ts-check

const NEWER = /* say */ "A newer version of this lesson is there.";
const OUTDATED = /* say */ "This lesson was renewed since you opened it, and the older one\u2019s Python is gone.";
const RENEWED = /* say */ "This lesson was renewed since you opened it. The figures are as you left them.";
const LEFT = `left ${pathOf(location.href)}`; // what a page leaves to the one that takes its place
const ENDING = 3000; // milliseconds

/** The page is being exchanged. */
let renewing = false;
/** The reader wished it. */
let wished = false;
/** It has taken another's place by itself already: once more might go on for ever, while a server gives now this, now that. */
let renewed = false;

document.addEventListener("python:missing", () => void renew());

async function renew() {
  if (renewing || location.protocol === "file:") return;
  renewing = true;
  try {
    if (!(await takeWorker()) || !(await hasChanged())) return;
    if (renewed || hasEdits() || !keepFigures()) announce(OUTDATED, leave);
    else leave();
  } catch {
    // The network is away; Python's own words tell.
  } finally {
    renewing = false;
  }
}

/** Let the newest service worker answer; false if it could not be made ready. */
async function takeWorker() {
  const registration = await navigator.serviceWorker?.getRegistration(SITE);
  if (!registration) return true;
  await registration.update();
  return use(registration);
}

/**
 * Let a service worker take the place of the older one; false if it could not be made ready.
 *
 * The older one goes when all that it has begun has ended. A browser waits for that for minutes, so this page does
 * not: without a service worker it is loaded from the network, and registers the newer one anew. What is kept stays.
 *
 * @param {ServiceWorkerRegistration} registration
 * @returns {Promise<boolean>}
 */
function use(registration) {
  const worker = registration.installing ?? registration.waiting;
  worker?.postMessage({ type: "use" });
  return new Promise((resolve) => {
    const look = () => {
      if (!worker || worker.state === "activated") resolve(true);
      else if (worker.state === "redundant") resolve(false);
      else if (worker.state === "installed") setTimeout(giveUp, ENDING);
    };
    const giveUp = () => worker?.state === "installed" && registration.unregister().finally(() => resolve(true));
    worker?.addEventListener("statechange", look);
    look();
  });
}

/** Whether the server's page names other files for Python than this one. */
async function hasChanged() {
  const answer = await fetch(location.href, { cache: "reload" });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const config = page.getElementById("python-config");
  return Boolean(config) && config?.textContent !== configElement?.textContent;
}

/** Whether code in a panel would be lost. */
function hasEdits() {
  const fields = /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll("[data-function] textarea"));
  return [...fields].some(({ value, defaultValue }) => value !== defaultValue);
}

/** Keep the figures as they are for the page that takes this one's place; false if that cannot be. */
function keepFigures() {
  const figures = /** @type {PyFigure[]} */ ([...document.querySelectorAll("py-figure")]);
  return keep(LEFT, JSON.stringify({ wished, figures: figures.map(({ id, left }) => [id, left]) }), "sessionStorage");
}

/** Load the page anew, with its figures as they are. */
function leave() {
  keepFigures();
  addEventListener("pagehide", keepFigures); // until then the reader may go on
  location.reload();
}

/** Take over from the page that was here before. */
function arrive() {
  const left = Object(parse(recall(LEFT, "sessionStorage")));
  if (!Array.isArray(left.figures)) return;
  sessionStorage.removeItem(MINE + LEFT);
  for (const figure of /** @type {PyFigure[]} */ ([...document.querySelectorAll("py-figure")]))
    figure.resume(left.figures.find((/** @type {unknown} */ entry) => Array.isArray(entry) && entry[0] === figure.id)?.[1]);
  if (left.wished) return;
  renewed = true;
  announce(RENEWED);
}
arrive();

/**
 * @param {string} words
 * @param {() => void} [take]  what the reader may choose to do
 */
function announce(words, take) {
  document.querySelector("[data-news]")?.remove();
  const news = document.createElement("aside");
  news.className = "news";
  news.dataset.news = "";
  news.setAttribute("aria-label", /* say */ "News");
  news.innerHTML = `<p role="status"></p>
    ${take ? `<button type="button" class="chip" data-control="reload">${/* say */ "Reload"}</button>` : ""}
    <button type="button" class="plain" data-control="later">${take ? /* say */ "Later" : /* say */ "OK"}</button>`;
  /** @type {HTMLElement} */ (news.firstElementChild).textContent = words;
  news.addEventListener("click", ({ target }) => {
    const { control } = /** @type {HTMLElement} */ (target).dataset;
    if (control === "later") news.remove();
    if (control !== "reload") return;
    wished = true;
    take?.();
  });
  document.body.append(news);
}
