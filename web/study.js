/** The study page: the list of studies, or taking part in the one that the address names. */

import { define, installLanguage } from "./i18n.js";
import { showStudies } from "./study-list.js";
import { texts } from "./study-texts.js";
import { attempt, installTrouble } from "./study-views.js";
import { takePart } from "./taking-part.js";

const name = decodeURIComponent(location.pathname.split("/")[2] ?? "");

define(texts);
installLanguage(document.querySelector(".language"));
installTrouble();
attempt(() => (name ? takePart(name) : showStudies()));
