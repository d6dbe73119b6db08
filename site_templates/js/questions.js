// Predictions: the first answer that is chosen is the answer. It stands on later visits too.
// @ts-check

const lesson = /** @type {HTMLElement | null} */ (document.querySelector("[data-lesson]"))?.dataset.lesson ?? "";
const ANSWERS = `answers:${lesson}`;

/** What the reader has answered, by the ids of the questions. @type {() => Record<string, unknown>} */
const answered = () => ({ ...Object(parse(recall(ANSWERS))) });
const earlier = answered();

for (const question of document.querySelectorAll(".question")) {
  const inputs = [...question.querySelectorAll("input")];
  const stand = () => inputs.forEach((input) => (input.disabled = !input.checked));
  const before = inputs.find(({ value }) => value === earlier[question.id]);
  if (before) {
    before.checked = true;
    stand();
  }
  question.addEventListener("change", () => {
    stand();
    keep(ANSWERS, JSON.stringify({ ...answered(), [question.id]: inputs.find(({ checked }) => checked)?.value }));
  });
}
