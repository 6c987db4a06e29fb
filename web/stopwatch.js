/** Time that passed while the page was looked at: a tab in the background does not count. */

export class Stopwatch {
  #elapsedMs = 0;
  #since = null;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (this.#since === null) return;
      if (document.hidden) this.#elapsedMs += performance.now() - this.#since;
      this.#since = performance.now();
    });
  }

  /** Starts anew. */
  start() {
    this.#elapsedMs = 0;
    this.#since = performance.now();
  }

  /** The time since the start, in whole milliseconds. */
  get elapsedMs() {
    return Math.round(this.#elapsedMs + performance.now() - this.#since);
  }
}
