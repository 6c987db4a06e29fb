"""Taking part in a study, as people do it: by mouse, touch and keys, in one go or not."""

from __future__ import annotations

from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.web.studies import EXPOSURES, Studies
from tests.web.study_page import StudyPage


def test_the_list_leads_to_a_study(study_page: StudyPage, studies: Studies) -> None:
    study_page.visit("/study")
    cards = study_page.wait(lambda: study_page.all("#study-list a"))
    assert [card.text.splitlines() for card in cards] == [
        ["Living rooms", "4 photos · 12 pairs", "Take part"],
        ["One pair each", "5 photos · 5 pairs", "Take part"],
    ]
    cards[0].click()
    study_page.wait(lambda: study_page.view == "welcome")
    assert study_page.one("h1#welcome-title").text == "Living rooms"
    assert studies.choices("rooms") == ()


def test_a_double_click_counts_once(study_page: StudyPage, studies: Studies) -> None:
    study_page.begin()
    ActionChains(study_page.chrome).double_click(study_page.version("left")).perform()
    study_page.wait_for_pair(2)
    study_page.wait(lambda: studies.sides("rooms") == ["left"])
    study_page.version("right").click()
    study_page.wait_for_pair(3)
    study_page.wait(lambda: studies.sides("rooms") == ["left", "right"])


def test_keys_choose(study_page: StudyPage, studies: Studies) -> None:
    study_page.begin()
    for number, key in enumerate([Keys.ARROW_LEFT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.SPACE], start=1):
        study_page.wait_for_pair(number)
        study_page.press(key)
    study_page.wait_for_pair(5)
    study_page.wait(lambda: len(studies.choices("rooms")) == 4)
    assert studies.sides("rooms") == ["left", "right", "same", "same"]


def test_a_key_that_is_held_down_chooses_once(study_page: StudyPage, studies: Studies) -> None:
    study_page.begin()
    for repeats in (False, True):
        event = {"type": "rawKeyDown", "key": "ArrowRight", "code": "ArrowRight", "autoRepeat": repeats}
        study_page.chrome.execute_cdp_cmd("Input.dispatchKeyEvent", event)
        study_page.wait_for_pair(2)
    study_page.wait(lambda: studies.sides("rooms") == ["right"])


def test_every_choice_can_be_reached_by_tab(study_page: StudyPage, studies: Studies) -> None:
    study_page.begin()
    study_page.press(Keys.TAB, Keys.TAB, Keys.ENTER)
    study_page.wait_for_pair(2)
    study_page.press(Keys.TAB, Keys.SPACE)
    study_page.wait_for_pair(3)
    study_page.one("button[data-choice=same]").click()
    study_page.wait_for_pair(4)
    study_page.wait(lambda: studies.sides("rooms") == ["right", "left", "same"])


def test_one_stops_and_comes_back_to_the_same_pair(study_page: StudyPage, studies: Studies) -> None:
    study_page.begin()
    study_page.press(Keys.ARROW_LEFT)
    study_page.wait_for_pair(2)
    study_page.wait(lambda: len(studies.choices("rooms")) == 1)
    shown = study_page.shown()
    study_page.visit("/study")
    card = study_page.wait(lambda: study_page.all("#study-list a"))[0]
    assert card.text.endswith("1 of 12 done")
    card.click()
    study_page.wait_for_pair(2)
    assert study_page.shown() == shown
    study_page.press(Keys.ARROW_LEFT)
    study_page.wait(lambda: len(studies.choices("rooms")) == 2)
    assert len({choice.participant for choice in studies.choices("rooms")}) == 1


def test_the_next_pairs_are_there_before_the_choice(study_page: StudyPage, studies: Studies) -> None:
    study_page.begin("single")
    study_page.wait_loaded_ahead()
    with study_page.offline():
        study_page.press(Keys.ARROW_LEFT)
        study_page.wait_for_pair(2)
        study_page.press(Keys.ARROW_RIGHT)
        study_page.wait_for_pair(3)
        assert study_page.run("return [...document.querySelectorAll('.version img')].every((photo) => photo.complete)")


def test_the_response_time_starts_when_both_photos_are_seen(study_page: StudyPage, studies: Studies) -> None:
    studies.image_takes_s = 1.0
    study_page.begin()
    ready_ms, page_ms = study_page.run("return [performance.now(), performance.now() - window.begunAt]")
    study_page.press(Keys.ARROW_LEFT)
    chosen_ms = study_page.run("return performance.now()")
    study_page.wait(lambda: studies.choices("rooms"))
    response_ms = studies.choices("rooms")[0].response_ms
    assert response_ms <= chosen_ms - ready_ms + page_ms - 1000
    assert response_ms > 0


def test_how_many_agreed_is_shown_until_switched_off(study_page: StudyPage, studies: Studies) -> None:
    other, progress = studies.store.join("rooms")
    for pair in studies.store.ask("rooms", other, progress.total)[0]:
        studies.store.choose("rooms", other, pair.id, "same", 1500)
    study_page.begin()
    assert study_page.one("#agreement").text == ""
    study_page.press(Keys.ARROW_DOWN)
    study_page.wait(lambda: study_page.one("#agreement").text == "Previous pair: 1 of 1 agreed")
    study_page.wait_for_pair(2)
    study_page.press(Keys.ARROW_LEFT)
    study_page.wait(lambda: study_page.one("#agreement").text == "Previous pair: 0 of 1 agreed")
    study_page.wait_for_pair(3)
    study_page.click("#show-agreement")
    assert study_page.one("#agreement").text == ""
    study_page.visit("/study/rooms")
    study_page.wait_for_pair(3)
    study_page.press(Keys.ARROW_DOWN)
    study_page.wait(lambda: len(studies.choices("rooms")) == 12 + 3)
    study_page.wait_for_pair(4)
    assert study_page.one("#agreement").text == ""


def test_holding_a_photo_enlarges_both_at_that_place_and_chooses_none(study_page: StudyPage, studies: Studies) -> None:
    study_page.begin()
    left = study_page.version("left")
    hold = ActionChains(study_page.chrome).move_to_element_with_offset(left, left.size["width"] // 4, 0)
    hold.click_and_hold().perform()
    study_page.wait(study_page.enlarged)
    study_page.screenshot("study-hold")
    (left_origin, left_scale), (right_origin, right_scale) = study_page.enlarged()
    assert left_origin == right_origin
    assert left_scale == right_scale >= 2
    assert 0.7 < left_origin[0] / left.size["width"] < 0.8
    ActionChains(study_page.chrome).release().perform()
    study_page.wait(lambda: not study_page.enlarged())
    assert study_page.position == 1
    assert studies.choices("rooms") == ()


def test_keys_enlarge_and_move_the_place(study_page: StudyPage, studies: Studies) -> None:
    study_page.begin()
    study_page.press("z")
    before = study_page.wait(study_page.enlarged)[0][0]
    study_page.press(Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
    after = study_page.enlarged()[0][0]
    assert after[0] > before[0]
    assert after[1] > before[1]
    study_page.press(Keys.ESCAPE)
    study_page.wait(lambda: not study_page.enlarged())
    assert study_page.position == 1
    study_page.press(Keys.ARROW_RIGHT)
    study_page.wait_for_pair(2)
    study_page.wait(lambda: studies.sides("rooms") == ["right"])


def test_the_end_says_thanks_and_is_remembered(study_page: StudyPage, studies: Studies) -> None:
    studies.create("short", "A short one", photos=2)
    study_page.begin("short")
    study_page.press(Keys.ARROW_LEFT)
    study_page.wait_for_pair(2)
    study_page.press(Keys.ARROW_RIGHT)
    study_page.wait(lambda: study_page.view == "thanks")
    assert "all 2 pairs" in study_page.one("#thanks").text
    study_page.screenshot("study-thanks")
    assert studies.sides("short") == ["left", "right"]
    study_page.visit("/study/short")
    study_page.wait(lambda: study_page.view == "thanks")
    assert len(studies.choices("short")) == 2


def test_no_participant_learns_what_they_compare(study_page: StudyPage) -> None:
    study_page.begin()
    study_page.press(Keys.ARROW_LEFT)
    study_page.wait_for_pair(2)
    told = study_page.run("""
        const asked = performance.getEntriesByType("resource").map((entry) => entry.name);
        return document.documentElement.outerHTML + JSON.stringify({...localStorage}) + asked.join(" ");
    """)
    assert not [variant for variant in EXPOSURES if variant in told]
    assert "room-" not in told
