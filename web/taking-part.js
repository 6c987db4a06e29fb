/** `GET /study/{name}`: welcome, pair after pair, thanks. */

import { onLanguage, t } from "./i18n.js";
import { Pair } from "./pair.js";
import { Participation } from "./participation.js";
import { join, listStudies, ServiceError } from "./study-api.js";
import { rememberAgreement, StudyMemory, wantsAgreement } from "./study-memory.js";
import { attempt, element, showTrouble, showView } from "./study-views.js";

/** Starts the page of one study. */
export async function takePart(name) {
  const study = (await listStudies()).find((each) => each.name === name);
  if (!study) throw new ServiceError(404, true);
  document.title = `${study.title} · Belvedere`;
  const memory = new StudyMemory(name);
  if (memory.participant) compare(name, memory);
  else welcome(study, memory);
}

function welcome(study, memory) {
  element("welcome-title").textContent = study.title;
  onLanguage(() => {
    element("welcome-size").textContent = t("pairs", { count: study.pairs });
  });
  element("begin").addEventListener("click", () =>
    attempt(async () => {
      memory.remember(await join(study.name));
      compare(study.name, memory);
    }),
  );
  showView("welcome");
}

function compare(name, memory) {
  const pair = new Pair(element("comparison"), (choice, responseMs) => participation.choose(choice, responseMs));
  const failures = { fetching: null, sending: null };
  let waiting = true;

  /** Says why there is no pair to show; as long as there is one, trouble can wait. */
  function sayTrouble() {
    const error = failures.fetching ?? failures.sending;
    if (waiting && error) showTrouble(error, () => participation.work());
  }

  function showProgress() {
    const { done, total } = participation.progress;
    Object.assign(element("progress"), { max: total, value: done });
    element("position").textContent = t("position", { now: Math.min(done + 1, total), total });
  }

  const participation = new Participation(name, memory, {
    pair(left, right) {
      waiting = false;
      showView("comparison");
      pair.show(left, right);
    },
    waiting() {
      waiting = true;
      pair.clear();
      sayTrouble();
    },
    finished() {
      waiting = false;
      showView("thanks");
      element("thanks").querySelector("h1").focus();
    },
    fetching(error) {
      failures.fetching = error;
      sayTrouble();
    },
    sending(error) {
      failures.sending = error;
      element("offline").hidden = error === null;
      sayTrouble();
    },
    progress: showProgress,
    agreement: installAgreement(),
    lost: () => location.reload(),
  });

  onLanguage(() => {
    showProgress();
    element("thanks-count").textContent = t("thanksCount", { count: participation.progress.total });
  });
  participation.work();
}

/** Makes the line about other participants work; returns what shows it for an answer `{agreed, asked}`. */
function installAgreement() {
  const wanted = element("show-agreement");
  let last = null;

  function show() {
    const seen = last && wanted.checked;
    element("agreement").textContent = seen ? t(last.asked ? "agreed" : "nobodyElse", last) : "";
  }

  wanted.checked = wantsAgreement();
  wanted.addEventListener("change", () => {
    rememberAgreement(wanted.checked);
    show();
  });
  onLanguage(show);
  return (answer) => {
    last = answer;
    show();
  };
}
