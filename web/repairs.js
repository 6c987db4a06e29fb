/** The form of a card in which a person says what is repaired, and how strongly. */

import { number, t, translate } from "./i18n.js";

const DEFECTS = [
  "low_light",
  "glaring",
  "low_contrast",
  "poor_white_balance",
  "hazy",
  "noisy",
  "jpeg_artifacts",
  "blur",
  "rotation",
];
const oneDecimal = { maximumFractionDigits: 1 };
const whole = { maximumFractionDigits: 0 };

/** The estimate that tells most of a defect, and how its number is written. */
const ESTIMATES = {
  blur: ["sigma_px", oneDecimal],
  low_light: ["exposure_ev", oneDecimal],
  low_contrast: ["range_codes", whole],
  poor_white_balance: ["temperature_k", whole],
  noisy: ["sigma_codes", oneDecimal],
  hazy: ["mean_transmission", { style: "percent" }],
  jpeg_artifacts: ["quality", whole],
  glaring: ["exposure_ev", oneDecimal],
  rotation: ["angle_deg", oneDecimal],
};
const row = document.querySelector("template#repair").content.firstElementChild;

export class RepairsForm {
  #form;
  #photo;
  #report = null;
  #applied = null;

  /** `onRepair(defects, strength)` is called when the person asks for it. */
  constructor(form, photo, onRepair) {
    this.#form = form;
    this.#photo = photo;
    form.addEventListener("input", () => this.#refresh());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#applied = this.#wish;
      onRepair(this.#chosen, this.#strength);
    });
  }

  render() {
    const { report, isOpen, isChanged } = this.#photo;
    this.#form.hidden = report === null;
    if (report !== this.#report) this.#fill(report);
    // Nothing is applied to an original: what is ticked can be repaired.
    if (isOpen && !isChanged) this.#applied = null;
    for (const fieldset of this.#form.querySelectorAll("fieldset")) fieldset.disabled = !isOpen;
    this.#refresh();
  }

  get #chosen() {
    return [...this.#form.querySelectorAll(":checked")].map((box) => box.value);
  }

  get #range() {
    return this.#form.querySelector("[type=range]");
  }

  get #strength() {
    return Number(this.#range.value);
  }

  get #wish() {
    return `${this.#strength} ${this.#chosen}`;
  }

  #fill(report) {
    this.#report = report;
    const { found } = this.#photo;
    const [first, others] = this.#form.querySelectorAll("fieldset");
    for (const list of this.#form.querySelectorAll("ul")) list.replaceChildren();
    if (!report) return;
    const severity = Object.fromEntries(report.findings.map((each) => [each.defect, each]));
    for (const defect of found.toSorted((a, b) => excess(severity[b]) - excess(severity[a]))) {
      first.querySelector("ul").append(item(defect, severity[defect]));
    }
    for (const defect of DEFECTS) if (!found.includes(defect)) others.querySelector("ul").append(item(defect));
    first.hidden = !found.length;
    this.#range.value = 1;
    this.#applied = this.#wish;
    translate(this.#form);
  }

  #refresh() {
    const button = this.#form.querySelector("[type=submit]");
    const percent = number(Math.round(this.#strength * 100));
    this.#form.querySelector("output").textContent = t("percent", { value: percent });
    this.#range.ariaValueText = t("percent", { value: percent });
    for (const each of this.#form.querySelectorAll(".estimate")) {
      const { defect, value } = each.dataset;
      each.textContent = t(`estimate.${defect}`, { value: number(Number(value), ESTIMATES[defect][1]) });
    }
    const { isOpen, isChanged } = this.#photo;
    const isIdle = this.#chosen.length ? this.#wish === this.#applied : !isChanged;
    button.textContent = t(!isChanged ? "repair" : this.#chosen.length ? "repairAgain" : "noRepair");
    button.disabled = !isOpen || isIdle;
  }
}

function item(defect, finding) {
  const element = row.cloneNode(true);
  const box = element.querySelector("input");
  box.value = defect;
  box.checked = Boolean(finding);
  element.querySelector(".defect").dataset.i18n = `defect.${defect}`;
  const severity = element.querySelector(".severity");
  const estimate = element.querySelector(".estimate");
  const meter = element.querySelector("meter");
  const value = finding?.estimate[ESTIMATES[defect][0]];
  if (value === undefined) estimate.remove();
  else Object.assign(estimate.dataset, { defect, value });
  if (finding) {
    severity.dataset.i18n = `severity.${grade(finding)}`;
    meter.value = finding.severity;
  } else {
    severity.remove();
    meter.remove();
  }
  return element;
}

/** How far past its threshold a severity is, as a share of what is possible, in [0, 1]. */
function excess({ severity, threshold }) {
  return threshold < 1 ? (severity - threshold) / (1 - threshold) : 1;
}

function grade(finding) {
  const share = excess(finding);
  return share < 1 / 3 ? "slight" : share < 2 / 3 ? "clear" : "strong";
}
