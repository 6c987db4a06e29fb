/** The service's answers about studies. Every call resolves to the answer's JSON or rejects with a `ServiceError`. */

const TIMEOUT_MS = 20_000;

/** A call that did not succeed. */
export class ServiceError extends Error {
  /**
   * @param {number} status that of the answer, 0 when there was none.
   * @param {boolean} refused whether the service itself said no, so that the same call would fail again. An answer of
   *   something in front of it, a service that is busy or one that fails is worth another try.
   */
  constructor(status, refused) {
    super(status ? `the service answered ${status}` : "the service cannot be reached");
    this.status = status;
    this.refused = refused;
  }
}

/** Returns the studies: a list of `{name, title, photos, pairs}`. */
export function listStudies() {
  return call("/studies");
}

/** Registers a new participant: `{participant, done, total}`. */
export function join(study) {
  return call(`${address(study)}/participants`, { method: "POST" });
}

/** Returns up to `count` pairs to ask next: `{pairs: [{id, left, right}], done, total}`; none when all are done. */
export function nextPairs(study, participant, count) {
  return call(`${address(study)}/pairs?${new URLSearchParams({ participant, count })}`);
}

/** Stores a choice `{pair, choice, response_ms}`: `{agreed, asked, done, total}`. A repeated one changes nothing. */
export function sendChoice(study, participant, choice) {
  return call(`${address(study)}/choices`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ participant, ...choice }),
    // Sent to the end even when the tab is closed meanwhile.
    keepalive: true,
  });
}

/** Returns a photo as an `<img>` that can be painted at once. */
export async function loadPhoto(path) {
  const photo = Object.assign(new Image(), { alt: "", draggable: false, src: path });
  try {
    await photo.decode();
  } catch {
    throw new ServiceError(0, false);
  }
  return photo;
}

function address(study) {
  return `/studies/${encodeURIComponent(study)}`;
}

async function call(path, request = {}) {
  let response;
  try {
    response = await fetch(path, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok) return await response.json();
  } catch {
    throw new ServiceError(0, false);
  }
  const { status, headers } = response;
  const spoken = headers.get("Content-Type")?.startsWith("application/problem+json") ?? false;
  throw new ServiceError(status, spoken && status < 500 && status !== 408 && status !== 429);
}
