/** The pair on screen: two versions of one photo, of which the participant picks one by pointer or key. */

import { onLanguage, t } from "./i18n.js";
import { Stopwatch } from "./stopwatch.js";
import { Zoom } from "./zoom.js";

// A second click within a double-click time belongs to the first one, though another pair is on screen by then. Shorter
// than any honest look, and than what a report calls too fast, so that it hides nobody.
const SETTLE_MS = 400;
// Where study.css puts one version above the other.
const UPRIGHT = matchMedia("(orientation: portrait)");
const KEYS = { ArrowLeft: "left", ArrowRight: "right", ArrowDown: "same", " ": "same" };

export class Pair {
  #area;
  #versions;
  #zoom;
  #stopwatch = new Stopwatch();
  #choose;

  /**
   * @param {HTMLElement} view contains #pair around the buttons of class "version", the button for "same", and #zoom.
   * @param {(choice: string, responseMs: number) => void} choose is told "left", "right" or "same", and how long the
   *   participant looked, from when both photos were on screen.
   */
  constructor(view, choose) {
    this.#area = view.querySelector("#pair");
    this.#versions = [...view.querySelectorAll(".version")];
    this.#choose = choose;
    this.#zoom = new Zoom(this.#area, view.querySelector("#zoom"));
    for (const button of view.querySelectorAll("[data-choice]")) {
      button.addEventListener("click", () => this.#pick(button.dataset.choice));
    }
    document.addEventListener("keydown", (event) => this.#press(event));
    onLanguage(() => this.#label());
    UPRIGHT.addEventListener("change", () => this.#label());
  }

  /** Shows two loaded photos, and takes a choice once both have been painted. */
  async show(left, right) {
    const changed = performance.now();
    this.#busy = true;
    this.#zoom.toggle(false);
    for (const [index, photo] of [left, right].entries()) {
      const version = this.#versions[index];
      version.style.setProperty("--ratio", photo.naturalWidth / photo.naturalHeight);
      version.replaceChildren(photo);
    }
    this.#area.focus({ preventScroll: true });
    await painted();
    this.#stopwatch.start();
    setTimeout(() => (this.#busy = false), SETTLE_MS - (performance.now() - changed));
  }

  /** Takes the photos away. */
  clear() {
    this.#busy = true;
    for (const version of this.#versions) version.replaceChildren();
  }

  get #busy() {
    return this.#area.getAttribute("aria-busy") !== "false";
  }

  set #busy(busy) {
    this.#area.setAttribute("aria-busy", String(busy));
  }

  #label() {
    const labels = UPRIGHT.matches ? ["upper", "lower"] : ["left", "right"];
    for (const [index, version] of this.#versions.entries()) version.setAttribute("aria-label", t(labels[index]));
  }

  #pick(choice) {
    if (this.#busy) return;
    this.#busy = true;
    this.#choose(choice, this.#stopwatch.elapsedMs);
  }

  #press(event) {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || this.#area.offsetParent === null) return;
    // A focused control keeps the keys that are its own.
    if (event.key === " " && event.target.closest("a, button, input")) return;
    if (event.code === "KeyZ") this.#zoom.toggle();
    else if (event.key === "Escape") this.#zoom.toggle(false);
    else if (this.#zoom.kept && this.#zoom.move(event.key)) event.preventDefault();
    else if (KEYS[event.key]) {
      event.preventDefault();
      this.#pick(KEYS[event.key]);
    }
  }
}

/** Resolves when what the document holds now has been put on screen. */
function painted() {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}
