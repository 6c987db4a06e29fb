/** One photo on its way: what was found, what was done to it, and what the person decided. Fires "change". */

import { inspect, send, sendFeedback } from "./api.js";
import { digest, shrink } from "./background.js";

const PREVIEW_SIDE = 1280;

export class Photo extends EventTarget {
  #queue;
  #abort = new AbortController();
  #again = () => {};
  #previews = {};
  #digest = null;
  #recorded = Promise.resolve();

  constructor(file, queue) {
    super();
    this.#queue = queue;
    this.replace(file);
  }

  get name() {
    return this.file.name;
  }

  get isReady() {
    return this.stage === "ready";
  }

  /** Whether it can be worked on: looked at, and nothing under way. */
  get isOpen() {
    return this.report !== null && (this.isReady || this.stage === "failed");
  }

  get found() {
    return this.report ? this.report.findings.filter((each) => each.found).map((each) => each.defect) : [];
  }

  get isChanged() {
    return this.result !== null;
  }

  /** What a download holds: the result, or the original when there is none. */
  get best() {
    return this.result ?? this.file;
  }

  /** Starts over with another picture. Call `start` to send it. */
  replace(file) {
    this.file = file;
    this.report = null;
    this.#digest = null;
    this.#previews = {};
    this.#apply(null, [], null, {});
  }

  /** Finds what is wrong, and repairs it. */
  start() {
    return this.#run(async (options) => {
      this.report = await inspect(this.file, options);
      this.#change({ stage: "repairing" });
      if (this.found.length) await this.#repair({}, 1, {}, options);
      this.isAsFound = true;
    });
  }

  /** Repairs exactly these defects of the original; the manual settings stay. */
  repair(defects, strength) {
    return this.#run(
      (options) =>
        defects.length
          ? this.#repair({ defects, strength }, strength, this.adjustments, options)
          : this.#adjust(null, [], this.adjustments, options),
      { first: true },
    );
  }

  /** Applies manual settings, `{name: value}`, on top of the repairs. */
  adjust(adjustments) {
    return this.#run((options) => this.#adjust(this.repaired, this.repairs, adjustments, options), { first: true });
  }

  /** Goes back to the original. */
  undo() {
    this.#abort.abort();
    // What was kept and then given up is no longer kept.
    if (this.decision === "kept") this.decide("discarded");
    this.#apply(null, [], null, {});
    this.#change({ stage: "ready", problem: null });
  }

  /** Does again what failed. */
  retry() {
    return this.#again();
  }

  /** Decides on the result, "kept" or "discarded"; the service is told in the background, in order. */
  decide(decision) {
    this.#change({ decision, unrecorded: false });
    if (!this.isChanged) return;
    const { file, found, repairs, adjustments } = this;
    this.#recorded = this.#recorded.then(async () => {
      try {
        this.#digest ??= digest(file);
        await sendFeedback({ photo: await this.#digest, found, repaired: repairs, adjustments, decision });
      } catch {
        this.#change({ unrecorded: true });
      }
    });
  }

  /** Returns a small JPEG of the original ("before") or the result ("after"), made when first asked for. */
  preview(which) {
    this.#previews[which] ??= this.#small(which === "before" ? this.file : this.result, PREVIEW_SIDE);
    return this.#previews[which];
  }

  /** Returns a small JPEG of what manual settings start from. */
  previewOfBase(side) {
    return this.#small(this.repaired ?? this.file, side);
  }

  /** Returns a small JPEG; of a picture that this browser cannot show, such as HEIC, the service makes it. */
  async #small(picture, side) {
    try {
      return await shrink(picture, side);
    } catch (problem) {
      // Only a photo that the service has read once is worth sending again.
      while (!this.report && this.stage !== "failed") await once(this, "change");
      if (!this.report) throw problem;
      return (await send("adjust_image", picture, { max_side: side, format: "jpeg" })).data;
    }
  }

  async #run(action, { first = false } = {}) {
    this.#abort.abort();
    const { signal } = (this.#abort = new AbortController());
    this.#again = () => this.#run(action, { first });
    this.#change({ stage: "waiting", progress: 0, problem: null });
    const onProgress = (share) => {
      if (this.report) this.#change({ stage: "repairing" });
      else this.#change(share < 1 ? { stage: "uploading", progress: share } : { stage: "looking" });
    };
    try {
      await this.#queue.run(() => action({ signal, onProgress }), { first });
      this.#change({ stage: "ready" });
    } catch (problem) {
      if (!signal.aborted) this.#change({ stage: "failed", problem });
    }
  }

  async #repair(fields, strength, adjustments, options) {
    const { data, fixed } = await send("enhance_image", this.file, fields, options);
    const repairs = fixed.map((defect) => ({ defect, strength }));
    await this.#adjust(data, repairs, adjustments, options);
  }

  /** Always from the original, in one step with the repairs: nothing is compressed twice. */
  async #adjust(repaired, repairs, adjustments, options) {
    let result = repaired;
    if (Object.keys(adjustments).length) {
      const defects = repairs.map(({ defect }) => defect);
      const again = repairs.length ? { defects, strength: repairs[0].strength } : {};
      ({ data: result } = await send("adjust_image", this.file, { ...again, ...adjustments }, options));
    }
    this.#apply(repaired, repairs, result, adjustments);
  }

  #apply(repaired, repairs, result, adjustments) {
    Object.assign(this, { repaired, repairs, result, adjustments, decision: null, unrecorded: false, isAsFound: false });
    delete this.#previews.after;
  }

  #change(values) {
    Object.assign(this, values);
    this.dispatchEvent(new Event("change"));
  }
}

function once(target, event) {
  return new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));
}
