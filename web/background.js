/** Calls worker.js as if its functions were here. */

const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const waiting = new Map();
let count = 0;

worker.addEventListener("message", ({ data: { id, value, error } }) => {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (error === undefined) resolve(value);
  else reject(new Error(error));
});

function call(task, ...args) {
  return new Promise((resolve, reject) => {
    count += 1;
    waiting.set(count, { resolve, reject });
    worker.postMessage({ id: count, task, args });
  });
}

export const shrink = (file, side) => call("shrink", file, side);
export const digest = (file) => call("digest", file);
