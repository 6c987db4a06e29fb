/** The words of the study page. */

import { define } from "./i18n.js";

define({
  en: {
    language: "Language",
    waiting: "One moment…",

    studies: "Which one looks better?",
    studiesLead: "You see two versions of one photo and pick the better one. A few minutes help, and you can stop and come back.",
    noStudies: "There is nothing to compare at the moment. Please come back later.",
    photos: { one: "{count} photo", other: "{count} photos" },
    pairs: { one: "{count} pair", other: "{count} pairs" },
    takePart: "Take part",
    doneOf: "{done} of {total} done",

    welcomeLead: "You see two versions of one photo. Pick the one that looks better to you: there is no wrong answer.",
    touchWay: "Tap the better photo, or “No difference”.",
    mouseWay: "Click the better photo, or “No difference”.",
    keysWay: "the left or the right one",
    sameWay: "no difference",
    holdWay: "Press and hold a photo to look closer: both are enlarged at the same place.",
    stopWay: "Stop whenever you like. This browser remembers where you were.",
    start: "Start",

    progress: "Pairs done",
    question: "Which one looks better?",
    position: "Pair {now} of {total}",
    left: "The left photo is better",
    right: "The right photo is better",
    upper: "The upper photo is better",
    lower: "The lower photo is better",
    same: "No difference",
    closer: "Look closer",
    showAgreement: "Others’ answers",
    agreed: "Last pair: {agreed} of {asked} agreed with you",
    nobodyElse: "Last pair: no other answers yet",
    offline: "No connection. Your choices are kept in this browser and sent later.",

    thanks: "Thank you",
    thanksCount: {
      one: "You compared {count} pair. Your choice is saved.",
      other: "You compared all {count} pairs. Every choice is saved.",
    },
    allStudies: "All studies",

    unknownStudy: "There is no study at this address. It may have ended.",
    busy: "The service is busy right now. Please try again in a moment.",
    unreachable: "The service cannot be reached. Check your connection; nothing that you chose is lost.",
    broken: "Something went wrong on our side. Please try again; nothing that you chose is lost.",
    retry: "Try again",
  },
  ru: {
    language: "Язык",
    waiting: "Минуту…",

    studies: "Какой вариант лучше?",
    studiesLead:
      "Вы видите два варианта одной фотографии и выбираете лучший. Хватит нескольких минут, а прервавшись, можно вернуться.",
    noStudies: "Сейчас сравнивать нечего. Загляните позже.",
    photos: { one: "{count} фотография", few: "{count} фотографии", many: "{count} фотографий", other: "{count} фотографии" },
    pairs: { one: "{count} пара", few: "{count} пары", many: "{count} пар", other: "{count} пары" },
    takePart: "Принять участие",
    doneOf: "Готово {done} из {total}",

    welcomeLead: "Вы видите два варианта одной фотографии. Выберите тот, что нравится больше: неверных ответов нет.",
    touchWay: "Коснитесь лучшего снимка или кнопки «Нет разницы».",
    mouseWay: "Щёлкните лучший снимок или кнопку «Нет разницы».",
    keysWay: "левый или правый",
    sameWay: "нет разницы",
    holdWay: "Нажмите на снимок и удерживайте, чтобы рассмотреть: оба увеличатся в одном и том же месте.",
    stopWay: "Остановиться можно в любой момент: этот браузер помнит, где вы были.",
    start: "Начать",

    progress: "Сравнено пар",
    question: "Какой вариант лучше?",
    position: "Пара {now} из {total}",
    left: "Лучше левый снимок",
    right: "Лучше правый снимок",
    upper: "Лучше верхний снимок",
    lower: "Лучше нижний снимок",
    same: "Нет разницы",
    closer: "Рассмотреть",
    showAgreement: "Ответы других",
    agreed: "Прошлая пара: согласны {agreed} из {asked}",
    nobodyElse: "Прошлая пара: других ответов нет",
    offline: "Нет связи. Ваши ответы хранятся в этом браузере и уйдут позже.",

    thanks: "Спасибо",
    thanksCount: {
      one: "Вы сравнили {count} пару. Все ответы сохранены.",
      few: "Вы сравнили все {count} пары. Все ответы сохранены.",
      many: "Вы сравнили все {count} пар. Все ответы сохранены.",
      other: "Вы сравнили все {count} пары. Все ответы сохранены.",
    },
    allStudies: "Все исследования",

    unknownStudy: "По этому адресу исследования нет. Возможно, оно завершено.",
    busy: "Сервис сейчас занят. Попробуйте ещё раз чуть позже.",
    unreachable: "Сервис недоступен. Проверьте связь; ваши ответы не потеряны.",
    broken: "У нас что-то сломалось. Попробуйте ещё раз; ваши ответы не потеряны.",
    retry: "Повторить",
  },
});
