/** The service's routes, as the page calls them. */

const ROOT = new URL("../", import.meta.url);
const ATTEMPTS_WHEN_BUSY = 5;

/** Why a request came to nothing: the HTTP status, or 0 when the service could not be reached. */
export class Problem extends Error {
  constructor(status, detail = "", retryAfterS = 2) {
    super(detail);
    this.status = status;
    this.retryAfterS = retryAfterS;
  }
}

/**
 * Sends a photo and returns the answer: `{data, fixed}`, where `data` is a Blob, or null for 204.
 *
 * XMLHttpRequest rather than fetch, which tells nothing of an upload's progress. While the service is full the photo is
 * sent again when the service says so, a few times.
 */
export async function send(route, photo, fields = {}, { signal, onProgress } = {}) {
  const url = new URL(route, ROOT);
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values].flat()) url.searchParams.append(name, value);
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await post(url, photo, signal, onProgress);
    } catch (problem) {
      if (problem.status !== 503 || attempt === ATTEMPTS_WHEN_BUSY) throw problem;
      await pause(problem.retryAfterS * 1000 * (1 + Math.random()));
      signal?.throwIfAborted();
    }
  }
}

/** Returns the report of a photo, as `/inspect_image` gives it. */
export async function inspect(photo, options) {
  const { data } = await send("inspect_image", photo, {}, options);
  return JSON.parse(await data.text());
}

/** Stores a decision on a result. */
export async function sendFeedback(decision) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(new URL("feedback", ROOT), { method: "POST", headers, body: JSON.stringify(decision) });
  if (!response.ok) throw new Problem(response.status);
}

function post(url, photo, signal, onProgress) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open("POST", url);
    // What is no picture by its name may be one all the same: the service looks at the bytes.
    const isPicture = photo.type.startsWith("image/");
    request.setRequestHeader("Content-Type", isPicture ? photo.type : "application/octet-stream");
    request.responseType = "blob";
    if (onProgress) request.upload.onprogress = (event) => onProgress(event.loaded / event.total);
    request.onload = async () => {
      if (request.status === 204) resolve({ data: null, fixed: [] });
      else if (request.status === 200) resolve({ data: request.response, fixed: names(request, "X-Defects-Fixed") });
      else reject(new Problem(request.status, await detail(request.response), retryAfter(request)));
    };
    request.onerror = () => reject(new Problem(0));
    request.onabort = () => reject(signal.reason);
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(photo);
  });
}

function names(request, header) {
  const value = request.getResponseHeader(header);
  return value ? value.split(", ") : [];
}

function retryAfter(request) {
  return Number(request.getResponseHeader("Retry-After")) || 2;
}

async function detail(body) {
  try {
    return JSON.parse(await body.text()).detail ?? "";
  } catch {
    return "";
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
