/** `GET /study`: the studies one can take part in. */

import { onLanguage, t } from "./i18n.js";
import { listStudies } from "./study-api.js";
import { StudyMemory } from "./study-memory.js";
import { element, showView } from "./study-views.js";

/** Shows the list. */
export async function showStudies() {
  const studies = await listStudies();
  onLanguage(() => {
    document.title = `${t("studies")} · Belvedere`;
    element("study-list").replaceChildren(...studies.map(entry));
  });
  element("no-studies").hidden = studies.length > 0;
  showView("studies");
}

function entry(study) {
  const { participant, progress } = new StudyMemory(study.name);
  const item = document.createElement("li");
  const link = Object.assign(document.createElement("a"), {
    className: "card",
    href: `/study/${encodeURIComponent(study.name)}`,
  });
  link.append(
    text("h2", study.title),
    text("p", `${t("photos", { count: study.photos })} · ${t("pairs", { count: study.pairs })}`, "muted"),
    text("p", participant ? t("doneOf", progress) : t("takePart"), "state"),
  );
  item.append(link);
  return item;
}

function text(tag, textContent, className = "") {
  return Object.assign(document.createElement(tag), { textContent, className });
}
