/** What would stall the page: small copies and digests. Asked by background.js, one thing at a time. */

const QUALITY = 0.85;
const tasks = { shrink, digest };

addEventListener("message", async ({ data: { task, args } }) => {
  try {
    postMessage({ value: await tasks[task](...args) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});

/** Returns a JPEG of a picture, upright, at most `side` pixels long. Rejects what the browser cannot read. */
async function shrink(file, side) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}

/** Returns the SHA-256 of a file in hex. Browsers offer it to secure pages only; http on a local network is none. */
async function digest(file) {
  const bytes = await file.arrayBuffer();
  if (!crypto.subtle) {
    const { sha256 } = await import("./vendor/js-sha256/js-sha256-1.0.0.js");
    return sha256(bytes);
  }
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
