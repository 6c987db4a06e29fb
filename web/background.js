/**
 * Calls worker.js as if its functions were here, one call at a time and the newest first: what a person scrolled past
 * may wait for what is on the screen.
 */

const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const waiting = [];
let current = null;

worker.addEventListener("message", ({ data: { value, error } }) => {
  const { resolve, reject } = current;
  current = null;
  if (error === undefined) resolve(value);
  else reject(new Error(error));
  next();
});

function call(task, ...args) {
  return new Promise((resolve, reject) => {
    waiting.push({ task, args, resolve, reject });
    next();
  });
}

function next() {
  if (current || !waiting.length) return;
  current = waiting.pop();
  worker.postMessage({ task: current.task, args: current.args });
}

export const shrink = (file, side) => call("shrink", file, side);
export const digest = (file) => call("digest", file);
