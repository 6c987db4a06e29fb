/**
 * <before-after>: two pictures of the same size on top of each other, and a line between them to move.
 *
 * A range input, which only the keyboard and screen readers reach, holds the line's place; a pointer may drag or click anywhere.
 * `show(before, after)` takes URLs, or null for a picture there is none of. `peek` shows all of "before" while it is set.
 */

import { t } from "./i18n.js";

const NEAR_EDGE = 15;

class BeforeAfter extends HTMLElement {
  #before = picture("before");
  #after = picture("after");
  #tags = ["before", "after"].map((which) => {
    const tag = document.createElement("span");
    tag.className = `tag ${which}`;
    tag.ariaHidden = "true";
    return tag;
  });
  #line = document.createElement("span");
  #range = document.createElement("input");

  connectedCallback() {
    if (this.firstChild) return;
    this.#line.className = "line";
    Object.assign(this.#range, { type: "range", min: 0, max: 100, step: 1, className: "visually-hidden" });
    this.#range.value = this.getAttribute("at") ?? 50;
    this.append(this.#after, this.#before, ...this.#tags, this.#line, this.#range);
    this.#range.addEventListener("input", () => this.#place());
    this.addEventListener("pointerdown", (event) => {
      if (!this.#range.disabled && event.button === 0) this.setPointerCapture(event.pointerId);
    });
    this.addEventListener("pointermove", (event) => {
      if (this.hasPointerCapture(event.pointerId)) this.#move(event);
    });
    // Not on the press itself: a finger that only scrolls the page presses too.
    this.addEventListener("click", (event) => {
      if (!this.#range.disabled) this.#move(event);
    });
    this.#before.addEventListener("load", () => {
      this.style.setProperty("--ratio", this.#before.naturalWidth / this.#before.naturalHeight);
    });
    this.label("");
  }

  show(before, after) {
    for (const [image, url] of [
      [this.#before, before],
      [this.#after, after],
    ]) {
      if (url) image.src = url;
      else image.removeAttribute("src");
    }
    const both = Boolean(before && after);
    this.classList.toggle("both", both);
    this.classList.toggle("empty", !before);
    this.#range.disabled = !both;
  }

  /** Says what is compared, in the language of the page. */
  label(name) {
    this.#before.alt = name;
    this.#range.ariaLabel = t("compare", { name });
    for (const [index, which] of ["before", "after"].entries()) this.#tags[index].textContent = t(which);
    this.#place();
  }

  set peek(on) {
    this.classList.toggle("peek", on);
  }

  #move(event) {
    const box = this.getBoundingClientRect();
    this.#range.value = ((event.clientX - box.left) / box.width) * 100;
    this.#place();
  }

  #place() {
    const percent = Number(this.#range.value);
    this.style.setProperty("--at", `${percent}%`);
    // Close to an edge, the word there would stand on the other picture.
    this.dataset.edge = percent < NEAR_EDGE ? "left" : percent > 100 - NEAR_EDGE ? "right" : "none";
    this.#range.ariaValueText = t("comparedAt", { percent });
  }
}

function picture(which) {
  const image = document.createElement("img");
  // Decoded before it is shown: the pictures are small, and a preview must not flicker under a moving slider.
  Object.assign(image, { className: which, alt: "", draggable: false, decoding: "sync" });
  return image;
}

customElements.define("before-after", BeforeAfter);
