/** The dialog with the manual sliders. A small copy shows at once what they do; the photo itself is adjusted at the end. */

import "./before-after.js";
import { GROUPS } from "./adjustments.js";
import { send } from "./api.js";
import { number, onLanguage, t, translate } from "./i18n.js";

const PREVIEW_SIDE = 800;
const PREVIEW_QUALITY = 80;

export class AdjustDialog {
  #dialog = document.querySelector("dialog.adjust");
  #pictures = this.#dialog.querySelector("before-after");
  #ranges = [];
  #photo = null;
  #base = null;
  #urls = new Map();
  #running = false;
  #wanted = null;

  constructor() {
    for (const [group, settings] of Object.entries(GROUPS)) this.#addGroup(group, settings);
    this.#ranges[0].autofocus = true;
    const form = this.#dialog.querySelector("form");
    form.addEventListener("input", (event) => {
      if (this.#ranges.includes(event.target)) this.#changed();
    });
    form.addEventListener("submit", () => this.#photo.adjust(this.#values));
    this.#dialog.querySelector("[data-do=cancel]").addEventListener("click", () => this.#dialog.close());
    this.#dialog.querySelector("[data-do=reset]").addEventListener("click", () => {
      for (const range of this.#ranges) range.value = 0;
      this.#changed();
    });
    this.#dialog.addEventListener("close", () => this.#release());
    onLanguage(() => this.#sayValues());
  }

  /** Opens on a photo; what is shown as "before" is its original. */
  async open(photo) {
    this.#photo = photo;
    for (const range of this.#ranges) range.value = photo.adjustments[range.name] ?? 0;
    this.#sayValues();
    this.#pictures.label(photo.name);
    this.#fail(false);
    this.#dialog.showModal();
    try {
      const [before, base] = await Promise.all([photo.preview("before"), photo.previewOfBase(PREVIEW_SIDE)]);
      if (this.#photo !== photo) return;
      this.#base = base;
      this.#show("before", before);
      this.#show("after", base);
      this.#changed();
    } catch {
      this.#fail(true);
    }
  }

  /** What the sliders say, those at 0 left out. */
  get #values() {
    const moved = this.#ranges.filter((range) => Number(range.value) !== 0);
    return Object.fromEntries(moved.map((range) => [range.name, Number(range.value)]));
  }

  #addGroup(group, settings) {
    const fieldset = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.dataset.i18n = `group.${group}`;
    fieldset.append(legend);
    for (const [name, { low, high, step, unit }] of Object.entries(settings)) {
      const label = document.createElement("label");
      const word = document.createElement("span");
      word.dataset.i18n = name;
      const range = document.createElement("input");
      Object.assign(range, { type: "range", name, min: low, max: high, step, value: 0 });
      if (unit) range.dataset.unit = unit;
      // The input first: a label names the first control in it, and an output counts as one.
      label.append(word, range, document.createElement("output"));
      fieldset.append(label);
      this.#ranges.push(range);
    }
    this.#dialog.querySelector(".sliders").append(fieldset);
    translate(fieldset);
  }

  #sayValues() {
    for (const range of this.#ranges) {
      const { unit } = range.dataset;
      const fractionDigits = unit === "stops" ? 2 : unit === "degrees" ? 1 : 0;
      const value = number(Number(range.value), { signDisplay: "exceptZero", minimumFractionDigits: fractionDigits });
      const text = unit ? t(unit, { value }) : value;
      range.nextElementSibling.textContent = text;
      range.ariaValueText = text;
    }
  }

  #changed() {
    this.#sayValues();
    this.#wanted = this.#values;
    if (this.#base && !this.#running) this.#preview();
  }

  /** Asks for one preview at a time; what the sliders passed over meanwhile is never asked for. */
  async #preview() {
    this.#running = true;
    while (this.#wanted && this.#base) {
      const [values, base] = [this.#wanted, this.#base];
      this.#wanted = null;
      try {
        const isMoved = Object.keys(values).length > 0;
        const data = isMoved ? (await send("adjust_image", base, { ...values, quality: PREVIEW_QUALITY })).data : base;
        if (base === this.#base) this.#show("after", data);
        this.#fail(false);
      } catch {
        this.#fail(true);
      }
    }
    this.#running = false;
  }

  #fail(failed) {
    this.#dialog.querySelector(".preview-failed").textContent = failed ? t("previewFailed") : "";
  }

  #show(which, picture) {
    const old = this.#urls.get(which);
    this.#urls.set(which, URL.createObjectURL(picture));
    this.#pictures.show(this.#urls.get("before"), this.#urls.get("after"));
    if (old) URL.revokeObjectURL(old);
  }

  #release() {
    this.#photo = this.#base = this.#wanted = null;
    this.#pictures.show(null, null);
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
  }
}
