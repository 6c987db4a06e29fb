/** What a person sees of one photo. */

import "./before-after.js";
import { onLanguage, t, translate } from "./i18n.js";
import { RepairsForm } from "./repairs.js";

const template = document.querySelector("template#card").content.firstElementChild;

/** Which cards are near the screen. Only these hold pictures: a browser would not release those of fifty photos. */
const nearby = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) cards.get(target).setNear(isIntersecting);
  },
  { rootMargin: "75% 0px" },
);
const cards = new WeakMap();

const PROBLEMS = { 0: "unreachable", 400: "notAPhoto", 413: "tooLarge", 415: "format", 422: "refused", 503: "busy" };

export class Card {
  #photo;
  #pictures;
  #repairs;
  #near = false;
  #shown = [null, null];
  #urls = [];

  /** `actions[name](photo)` is what the button marked `data-do="name"` does. */
  constructor(photo, actions) {
    this.#photo = photo;
    this.element = template.cloneNode(true);
    this.element.addEventListener("click", (event) => {
      const name = event.target.closest("[data-do]")?.dataset.do;
      if (name) actions[name](photo);
    });
    this.#pictures = this.#part("before-after");
    // So that the arrow keys go on from the photo that was last touched.
    this.#pictures.addEventListener("pointerdown", () => this.focus({ preventScroll: true }));
    this.#repairs = new RepairsForm(this.#part(".repairs"), photo, (...wish) => photo.repair(...wish));
    translate(this.element);
    cards.set(this.element, this);
    nearby.observe(this.element);
    photo.addEventListener("change", () => this.render());
  }

  /** Keeps the card's words in the page's language; called once it is on the page. */
  start() {
    onLanguage(() => this.render());
  }

  focus(options) {
    this.element.focus(options);
  }

  set peek(on) {
    this.#pictures.peek = on;
  }

  setNear(near) {
    this.#near = near;
    this.#showPictures();
  }

  render() {
    const { report, stage, problem, decision, isOpen, isReady, isChanged, name } = this.#photo;
    const say = (selector, text) => (this.#part(selector).textContent = text);
    const show = (selector, shown) => (this.#part(selector).hidden = !shown);
    const act = (action) => this.#part(`[data-do=${action}]`);
    const busy = !isReady && stage !== "failed";

    this.element.ariaLabel = name;
    this.element.ariaBusy = String(busy);
    this.element.dataset.stage = stage;
    this.element.dataset.decision = decision ?? "";
    say(".name", name);
    say(".state", this.describe());
    say(".decision", decision ? t(decision) : "");
    show(".decision", decision);
    show(".problem", problem);
    if (problem) say(".problem p", t(`problem.${PROBLEMS[problem.status] ?? "other"}`));
    show(".unrecorded", this.#photo.unrecorded);
    show(".notice.good", isReady && report && !this.#photo.found.length && !isChanged);
    this.#progress(busy);

    for (const action of ["keep", "discard"]) {
      act(action).disabled = !isOpen;
      act(action).ariaPressed = String(decision === (action === "keep" ? "kept" : "discarded"));
      act(action).ariaLabel = t(`${action}Of`, { name });
    }
    act("discard").disabled ||= !isChanged;
    act("undo").disabled = !report || !isChanged;
    act("download").disabled = !isOpen;
    act("adjust").disabled = !isOpen;
    show(".choice", report);
    show(".by-hand", report);
    this.#hints();
    this.#repairs.render();
    this.#pictures.label(name);
    this.#showPictures();
  }

  /** Returns in words how far the photo is, or what was done to it. */
  describe() {
    const { stage, isReady, report, found, isChanged, repairs, adjustments, isAsFound } = this.#photo;
    if (!isReady) return t(stage === "failed" ? "state.failed" : `stage.${stage}`);
    if (!isChanged) return t(!found.length ? "state.good" : isAsFound ? "state.unimproved" : "state.original");
    const names = repairs.map(({ defect }) => t(`defect.${defect}`).toLocaleLowerCase()).join(", ");
    const said = names ? [t("state.repaired", { names })] : [];
    if (Object.keys(adjustments).length) said.push(t("state.adjusted"));
    return said.join(" · ");
  }

  #part(selector) {
    return this.element.querySelector(selector);
  }

  #progress(busy) {
    const bar = this.#part("progress");
    bar.hidden = !busy;
    bar.ariaLabel = t(`stage.${busy ? this.#photo.stage : "waiting"}`);
    if (this.#photo.stage === "uploading") bar.value = this.#photo.progress;
    else if (this.#photo.stage === "waiting") bar.value = 0;
    else bar.removeAttribute("value");
  }

  #hints() {
    const { found, report, problem } = this.#photo;
    this.#part(".retake").hidden = !found.length && !problem;
    this.#part(".retake h3").hidden = !found.length;
    const hints = found.map((defect) => {
      const hint = document.createElement("li");
      hint.textContent = t(`hint.${defect}`);
      return hint;
    });
    this.#part(".retake ul").replaceChildren(...hints);
    if (report) this.#pictures.style.setProperty("--ratio", report.width / report.height);
  }

  /** Shows the small pictures while the card is near the screen, and lets go of them when it is not. */
  async #showPictures() {
    const { file, result } = this.#photo;
    const wanted = this.#near ? [file, result] : [null, null];
    if (wanted.every((each, i) => each === this.#shown[i])) return;
    this.#shown = wanted;
    const made = await Promise.all([
      wanted[0] && this.#photo.preview("before").catch(() => null),
      wanted[1] && this.#photo.preview("after").catch(() => null),
    ]);
    if (this.#shown !== wanted) return;
    for (const url of this.#urls) if (url) URL.revokeObjectURL(url);
    this.#urls = made.map((picture) => picture && URL.createObjectURL(picture));
    this.#pictures.show(...this.#urls);
  }
}
