/**
 * The page's words in the reader's language.
 *
 * A page hands its words to `define`, marks its markup with `data-i18n="key"` (text) or `data-i18n-label="key"`
 * (aria-label), and asks for all other words with `t`. `onLanguage` is told when the reader switches.
 */

export const LANGUAGES = ["en", "ru"];

const words = Object.fromEntries(LANGUAGES.map((each) => [each, {}]));
const listeners = new Set();
let current = stored() ?? preferred();

/** The language in use: one of LANGUAGES. */
export function language() {
  return current;
}

/** Adds words: `{en: {key: text}, ru: {key: text}}`; a text with plurals is an object by plural category. */
export function define(more) {
  for (const each of LANGUAGES) Object.assign(words[each], more[each]);
}

/** Returns the words of a key, `{name}` replaced by `values.name`; `values.count` chooses the plural. */
export function t(key, values = {}) {
  let text = words[current][key] ?? words.en[key] ?? key;
  if (typeof text === "object") text = text[new Intl.PluralRules(current).select(values.count)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : (value ?? "");
  });
}

/** Returns a number as the language writes it. */
export function number(value, options = {}) {
  return new Intl.NumberFormat(current, options).format(value);
}

/** Writes the words into all that is marked below `root`, a document or an element. */
export function translate(root = document) {
  for (const element of root.querySelectorAll("[data-i18n]")) element.textContent = t(element.dataset.i18n);
  for (const element of root.querySelectorAll("[data-i18n-label]")) {
    element.setAttribute("aria-label", t(element.dataset.i18nLabel));
  }
}

/** Calls `listener` now and whenever the language changes; returns a function that ends it. */
export function onLanguage(listener) {
  listeners.add(listener);
  listener();
  return () => listeners.delete(listener);
}

/** Switches the language and remembers it. */
export function setLanguage(chosen) {
  current = chosen;
  try {
    localStorage.setItem("language", chosen);
  } catch {
    // A browser that keeps nothing still switches this page.
  }
  document.documentElement.lang = current;
  for (const listener of listeners) listener();
}

/** Fills `group` (class "language") with one button for each language, and keeps the page's marked words right. */
export function installLanguage(group) {
  const names = { en: "English", ru: "Русский" };
  for (const each of LANGUAGES) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", lang: each, textContent: names[each] });
    button.addEventListener("click", () => setLanguage(each));
    group.append(button);
  }
  document.documentElement.lang = current;
  onLanguage(() => {
    for (const button of group.children) button.setAttribute("aria-pressed", String(button.lang === current));
    translate();
  });
}

function stored() {
  try {
    const kept = localStorage.getItem("language");
    return LANGUAGES.includes(kept) ? kept : null;
  } catch {
    return null;
  }
}

function preferred() {
  const wanted = navigator.languages.map((tag) => tag.split("-")[0]);
  return wanted.find((tag) => LANGUAGES.includes(tag)) ?? "en";
}
