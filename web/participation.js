/**
 * One participant's way through a study: pairs come ahead of time, choices go out behind the participant's back.
 *
 * Two workers run side by side, so that a slow photo never holds a choice up: one fetches pairs and decodes their
 * photos, the other sends choices in the order they were made. A choice is in this browser's storage before anything
 * else happens, and leaves it when the service has it.
 */

import { persistently } from "./persistence.js";
import { loadPhoto, nextPairs, sendChoice } from "./study-api.js";

// The pair on screen and two more: a quick person never waits, and the service still chooses by fresh answers.
const AHEAD = 3;
const MOST_AT_ONCE = 10;

export class Participation {
  #study;
  #memory;
  #on;
  #queue = [];
  #shown = null;
  // Pairs that are not to be asked again, even if the service does not know of the choice yet.
  #chosen;
  #noMore = false;
  #fetch;
  #send;

  /**
   * @param {string} study the study's name.
   * @param {StudyMemory} memory what this browser remembers of it; the participant has joined.
   * @param {object} on what to call: `pair(left, right)` with the photos to show; `waiting()` when none is ready;
   *   `progress()`; `agreement({agreed, asked})` of a choice that was sent; `fetching(error)` and `sending(error)`
   *   when a worker fails, with null when it is done; `lost()` when the service does not know the participant;
   *   `finished()`.
   */
  constructor(study, memory, on) {
    this.#study = study;
    this.#memory = memory;
    this.#on = on;
    this.#chosen = new Set(memory.outbox.map(({ pair }) => pair));
    this.#fetch = persistently(() => this.#fetchStep(), on.fetching);
    this.#send = persistently(() => this.#sendStep(), on.sending);
  }

  /** How many pairs are done, sent or not, and how many there are. */
  get progress() {
    const { done, total } = this.#memory.progress;
    return { done: Math.min(done + this.#memory.outbox.length, total), total };
  }

  /** Starts, or tries again at once what has failed. */
  work() {
    this.#send();
    this.#fetch();
  }

  /** Keeps the choice about the pair on screen ("left", "right" or "same") and shows the next. */
  choose(choice, responseMs) {
    const pair = this.#shown.id;
    this.#memory.keep({ pair, choice, response_ms: responseMs });
    this.#chosen.add(pair);
    this.#queue.shift();
    this.#shown = null;
    this.#on.progress();
    this.#showNext();
    this.work();
  }

  #showNext() {
    if (this.#shown) return;
    const [next] = this.#queue;
    if (!next?.photos) return this.#on.waiting();
    this.#shown = next;
    this.#on.pair(...next.photos);
  }

  async #fetchStep() {
    const unready = this.#queue.find((pair) => !pair.photos);
    if (unready) {
      unready.photos = await Promise.all([loadPhoto(unready.left), loadPhoto(unready.right)]);
      this.#showNext();
      return true;
    }
    const wanted = this.#noMore ? 1 : AHEAD;
    return this.#queue.length < wanted && this.#fetchPairs();
  }

  async #fetchPairs() {
    // Pairs whose choice is still on its way may come back: they are asked for on top and left out.
    const count = Math.min(AHEAD + this.#memory.outbox.length, MOST_AT_ONCE);
    let answer;
    try {
      answer = await nextPairs(this.#study, this.#memory.participant, count);
    } catch (error) {
      if (error.status !== 404 || !error.refused) throw error;
      this.#memory.forget();
      this.#on.lost();
      return false;
    }
    this.#noMore = answer.pairs.length < count;
    // While choices are on their way, whether the service has counted them is unknown.
    if (this.#memory.outbox.length === 0) this.#memory.remember(answer);
    this.#on.progress();
    if (answer.pairs.length === 0) {
      this.#on.finished();
      return false;
    }
    const queued = new Set(this.#queue.map(({ id }) => id));
    const fresh = answer.pairs.filter(({ id }) => !queued.has(id) && !this.#chosen.has(id));
    this.#queue.push(...fresh);
    return fresh.length > 0;
  }

  async #sendStep() {
    const [choice] = this.#memory.outbox;
    if (!choice) return false;
    try {
      const answer = await sendChoice(this.#study, this.#memory.participant, choice);
      this.#memory.remember(answer);
      this.#on.agreement(answer);
    } catch (error) {
      if (!error.refused) throw error;
      // The service will never take it: the pair may be asked again.
      this.#chosen.delete(choice.pair);
    }
    this.#memory.drop(choice.pair);
    this.#on.progress();
    this.#fetch();
    return true;
  }
}
