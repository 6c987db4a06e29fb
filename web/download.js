/** Saves results under the names of their originals. */

import { makeZip } from "./vendor/client-zip/client-zip-2.5.1.js";

const EXTENSIONS = {
  "image/jpeg": ["jpg", "jpeg"],
  "image/png": ["png"],
  "image/webp": ["webp"],
  "image/avif": ["avif"],
};
/** How long a saved file's URL is kept: a browser may begin to read it only after it asked where to save. */
const URL_LIFE_MS = 60_000;

export function download(photo) {
  save(photo.best, nameOf(photo));
}

/** Saves several photos as one zip, names made unique. Photos do not compress: the zip only holds them. */
export async function downloadZip(photos) {
  const taken = new Set();
  const files = photos.map((photo) => {
    const name = unique(nameOf(photo), taken);
    taken.add(name.toLowerCase());
    return { name, input: photo.best, lastModified: new Date(photo.file.lastModified) };
  });
  save(await new Response(makeZip(files)).blob(), "belvedere.zip");
}

/** Returns the photo's name with the ending of the format it now has. */
function nameOf({ name, best }) {
  const [, stem, ending] = name.match(/^(.*?)(?:\.([^.]*))?$/s);
  const endings = EXTENSIONS[best.type];
  return !endings || endings.includes(ending?.toLowerCase()) ? name : `${stem || "photo"}.${endings[0]}`;
}

function unique(name, taken) {
  const dot = name.lastIndexOf(".");
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  let candidate = name;
  for (let count = 2; taken.has(candidate.toLowerCase()); count += 1) candidate = `${stem} (${count})${ending}`;
  return candidate;
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), URL_LIFE_MS);
}
