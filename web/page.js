/** The main page: takes photos in, lists them, and keeps the totals. */

import { AdjustDialog } from "./adjust-dialog.js";
import { Card } from "./card.js";
import { download, downloadZip } from "./download.js";
import { define, installLanguage, onLanguage, t } from "./i18n.js";
import { installKeys } from "./keyboard.js";
import { messages } from "./messages.js";
import { Photo } from "./photo.js";
import { Queue } from "./queue.js";

const AT_ONCE = 3;

const find = (selector) => document.querySelector(selector);
const queue = new Queue(AT_ONCE);
const photos = [];
const cards = [];
let current = -1;
let pending = false;
let wasReady = true;

define(messages);
installLanguage(find(".language"));
const dialog = new AdjustDialog();

/** What the buttons of a card do. */
const actions = {
  keep: (photo) => decide(photo, "kept"),
  discard: (photo) => decide(photo, "discarded"),
  undo: (photo) => photo.undo(),
  download,
  retry: (photo) => photo.retry(),
  record: (photo) => photo.decide(photo.decision),
  adjust: (photo) => dialog.open(photo),
  retake: (photo) => {
    const camera = find(".camera");
    camera.onchange = () => {
      if (camera.files.length) {
        photo.replace(camera.files[0]);
        photo.start();
      }
      camera.value = "";
    };
    camera.click();
  },
};

/** What the buttons of the page do. */
const pageActions = {
  choose: () => find(".chooser").click(),
  "keep-all": () => {
    const undecided = photos.filter((photo) => photo.isOpen && !photo.decision);
    for (const photo of undecided) photo.decide("kept");
    announce(t("saidAllKept", { count: undecided.length }));
  },
  "download-kept": async () => {
    const button = find("[data-do=download-kept]");
    button.disabled = true;
    button.textContent = t("packing");
    await downloadZip(kept());
    button.textContent = t("downloadKept");
    renderTotals();
  },
};

for (const [name, action] of Object.entries(pageActions)) {
  for (const button of document.querySelectorAll(`body > main > section [data-do=${name}]`)) {
    button.addEventListener("click", action);
  }
}

find(".chooser").addEventListener("change", ({ target }) => {
  add([...target.files]);
  target.value = "";
});

addEventListener("dragover", (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  add([...event.dataTransfer.files]);
});

find(".photos").addEventListener("focusin", ({ target }) => {
  current = cards.findIndex(({ element }) => element.contains(target));
});

installKeys(
  {
    get current() {
      return cards[current] ?? null;
    },
    move(step) {
      if (!cards.length) return;
      current = Math.min(Math.max(current + step, 0), cards.length - 1);
      cards[current].focus({ preventScroll: true });
      cards[current].element.scrollIntoView({ block: "start" });
    },
  },
  (card, decision) => decide(photos[cards.indexOf(card)], decision),
);

onLanguage(() => {
  document.title = t("title");
  renderTotals();
});

function add(files) {
  if (!files.length) return;
  wasReady = false;
  for (const file of files) {
    const photo = new Photo(file, queue);
    const card = new Card(photo, actions);
    photos.push(photo);
    cards.push(card);
    find(".photos").append(card.element);
    card.start();
    photo.addEventListener("change", changed);
    tell(photo);
    photo.start();
  }
  announce(t("added", { count: files.length }));
}

function decide(photo, decision) {
  if (!photo.isOpen || (decision === "discarded" && !photo.isChanged)) return;
  photo.decide(decision);
  announce(t(decision === "kept" ? "saidKept" : "saidDiscarded", { name: photo.name }));
}

function kept() {
  return photos.filter((photo) => photo.decision === "kept");
}

/** Says each failure, and each change that follows the first look; the first look at fifty photos is said once. */
function tell(photo) {
  let said = photo.stage;
  let looks = 0;
  photo.addEventListener("change", () => {
    const { stage } = photo;
    if (stage === said) return;
    said = stage;
    if (stage !== "ready" && stage !== "failed") return;
    looks += 1;
    if (looks > 1 || stage === "failed") {
      const state = cards[photos.indexOf(photo)].describe();
      announce(t("saidState", { name: photo.name, state }));
    }
  });
}

/** Counts once for all the changes of a moment. */
function changed() {
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => {
    pending = false;
    renderTotals();
  });
}

function renderTotals() {
  const [total, count] = [photos.length, kept().length];
  const done = photos.filter((photo) => photo.isReady || photo.stage === "failed").length;
  const ready = photos.filter((photo) => photo.isReady).length;
  document.body.classList.toggle("at-work", total > 0);
  find(".totals").hidden = find(".shortcuts").hidden = total === 0;
  find(".totals-ready").textContent = t("progress", { ready, total });
  find(".totals-kept").textContent = t("keptCount", { count });
  Object.assign(find(".totals-progress"), { max: total, value: done, hidden: done === total });
  find("[data-do=keep-all]").disabled = !photos.some((photo) => photo.isOpen && !photo.decision);
  find("[data-do=download-kept]").disabled = count === 0;
  if (done === total && !wasReady && total > 0) announce(t("allReady", { count: ready }));
  wasReady = done === total;
}

function announce(text) {
  find(".announcer").textContent = text;
}
