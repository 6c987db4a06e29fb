/** The keys of the list: arrows between photos, space holds "before", K keeps, D discards. */

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** `list` has `current`, the card at work or null, and `move(step)`; `decide(card, decision)` does K and D. */
export function installKeys(list, decide) {
  let peeking = null;

  const release = () => {
    if (peeking) peeking.peek = false;
    peeking = null;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const { target, code } = event;
    const current = list.current;
    if (code in STEPS && !isOwnKeysOf(target, "input[type=range]")) {
      event.preventDefault();
      list.move(STEPS[code]);
    } else if (code === "Space" && current && !isOwnKeysOf(target, "button, summary, a, input:not([type=range])")) {
      event.preventDefault();
      if (!event.repeat) (peeking = current).peek = true;
    } else if ((code === "KeyK" || code === "KeyD") && current && !event.repeat) {
      decide(current, code === "KeyK" ? "kept" : "discarded");
    }
  });
  document.addEventListener("keyup", (event) => {
    if (event.code === "Space") release();
  });
  addEventListener("blur", release);
}

function isOwnKeysOf(target, selector) {
  return target.matches?.(selector) ?? false;
}
