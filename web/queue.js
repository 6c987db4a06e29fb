/** Runs tasks a few at a time, in the order they came; what a person waits for goes first. */
export class Queue {
  #limit;
  #running = 0;
  #waiting = [];

  constructor(limit) {
    this.#limit = limit;
  }

  /** Returns what `task()` returns, once it was its turn. */
  run(task, { first = false } = {}) {
    return new Promise((resolve, reject) => {
      const start = async () => {
        try {
          resolve(await task());
        } catch (error) {
          reject(error);
        }
      };
      if (first) this.#waiting.unshift(start);
      else this.#waiting.push(start);
      this.#next();
    });
  }

  async #next() {
    if (this.#running >= this.#limit || !this.#waiting.length) return;
    this.#running += 1;
    await this.#waiting.shift()();
    this.#running -= 1;
    this.#next();
  }
}
