// The page around the figures: the switch between light and dark.
// @ts-check

const THEMES = ["auto", "light", "dark"];
const switchButton = document.querySelector("[data-theme-switch]");

/** @param {string} theme */
function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const name = switchButton?.querySelector("[data-theme-name]");
  if (name) name.textContent = theme;
}

// A prediction stands: the first answer that is chosen is the answer.
for (const question of document.querySelectorAll(".question")) {
  question.addEventListener("change", () => {
    for (const input of question.querySelectorAll("input")) input.disabled = !input.checked;
  });
}

switchButton?.addEventListener("click", () => {
  const now = document.documentElement.dataset.theme ?? "auto";
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  showTheme(next);
  try {
    localStorage.setItem("theme", next);
  } catch {
    // Storage is off: the choice holds for this page.
  }
});
showTheme(document.documentElement.dataset.theme ?? "auto");
