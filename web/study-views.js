/** The views of the study page, of which one is seen at a time. */

import { onLanguage, t } from "./i18n.js";

let trouble = null;
let retry = null;

/** Returns the element with an id. */
export function element(id) {
  return document.getElementById(id);
}

/** Shows the view with this id and hides the others. */
export function showView(id) {
  document.body.dataset.view = id;
  for (const view of document.querySelector("main").children) view.hidden = view.id !== id;
}

/** Says in a person's words what went wrong, and offers to do it `again`. */
export function showTrouble(error, again) {
  [trouble, retry] = [error, again];
  showView("trouble");
  sayTrouble();
}

/** Does `work` while a word of patience is shown; if it fails, says so and offers to try again. */
export async function attempt(work) {
  showView("waiting");
  try {
    await work();
  } catch (error) {
    showTrouble(error, () => attempt(work));
  }
}

/** Keeps the words of trouble right and its button working. */
export function installTrouble() {
  onLanguage(sayTrouble);
  element("retry").addEventListener("click", () => {
    showView("waiting");
    retry();
  });
}

function sayTrouble() {
  if (!trouble) return;
  const unknown = trouble.refused && trouble.status === 404;
  const busy = trouble.status === 429 || trouble.status === 503;
  element("trouble-words").textContent = t(
    unknown ? "unknownStudy" : busy ? "busy" : trouble.status === 0 ? "unreachable" : "broken",
  );
  element("retry").hidden = unknown;
}
