/** Work that must get done however often the connection fails. */

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Repeats `step` until it says that nothing is left, and after a failure again: sooner when the browser is back online.
 *
 * @param {() => Promise<boolean>} step does one piece of work; resolves to whether it did any.
 * @param {(error: Error | null) => void} report is told of each failure, and with null that all is done.
 * @returns {() => void} a function that starts the work; called while it runs, it makes sure of one more look.
 */
export function persistently(step, report) {
  let running = false;
  let wanted = false;
  let pause = FIRST_PAUSE_MS;
  let timer;

  async function work() {
    wanted = true;
    if (running) return;
    running = true;
    clearTimeout(timer);
    try {
      while (wanted) {
        wanted = false;
        while (await step()) pause = FIRST_PAUSE_MS;
      }
      report(null);
    } catch (error) {
      report(error);
      timer = setTimeout(work, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    } finally {
      running = false;
    }
  }

  addEventListener("online", work);
  return work;
}
