"""No choice is lost when the connection or the service is, and people are told what is going on."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from tests.web.studies import Studies
from tests.web.study_page import StudyPage


def test_choices_made_offline_are_sent_later_in_order(study_page: StudyPage, studies: Studies) -> None:
    study_page.begin("single")
    study_page.wait_loaded_ahead()
    with study_page.offline():
        for number, key in enumerate([Keys.ARROW_LEFT, Keys.ARROW_DOWN], start=1):
            study_page.wait_for_pair(number)
            study_page.press(key)
        study_page.wait_for_pair(3)
        study_page.wait(study_page.one("#offline").is_displayed)
        study_page.screenshot("study-offline")
        study_page.press(Keys.ARROW_RIGHT)
        study_page.wait(lambda: study_page.view == "trouble")
        assert "cannot be reached" in study_page.one("#trouble-words").text
        study_page.screenshot("study-trouble")
        assert studies.choices("single") == ()
    study_page.wait_for_pair(4)
    study_page.wait(lambda: studies.sides("single") == ["left", "same", "right"])
    study_page.wait(lambda: not study_page.one("#offline").is_displayed())


def test_unsent_choices_outlive_a_reload(study_page: StudyPage, studies: Studies) -> None:
    study_page.excused = r"choices.* 503 "
    study_page.begin()
    studies.fails = {"choose"}
    study_page.press(Keys.ARROW_LEFT)
    study_page.wait_for_pair(2)
    study_page.press(Keys.ARROW_RIGHT)
    study_page.wait_for_pair(3)
    shown = study_page.shown()
    study_page.visit("/study/rooms")
    study_page.wait_for_pair(3)
    assert study_page.shown() == shown
    assert studies.choices("rooms") == ()
    studies.fails = set()
    study_page.wait(lambda: studies.sides("rooms") == ["left", "right"])
    assert study_page.position == 3


def test_the_last_choice_is_waited_for(study_page: StudyPage, studies: Studies) -> None:
    study_page.excused = r"choices.* 503 "
    studies.create("short", "A short one", photos=1)
    study_page.begin("short")
    studies.fails = {"choose"}
    study_page.press(Keys.ARROW_LEFT)
    study_page.wait(lambda: study_page.view == "trouble")
    assert "busy" in study_page.one("#trouble-words").text
    studies.fails = set()
    study_page.wait(lambda: study_page.view == "thanks")
    assert studies.sides("short") == ["left"]


@pytest.mark.parametrize("failing", ["studies", "join", "ask", "image"])
def test_trouble_is_said_and_tried_again(study_page: StudyPage, studies: Studies, failing: str) -> None:
    study_page.excused = "503 "
    studies.fails = {failing}
    study_page.visit("/study/rooms")
    if failing != "studies":
        study_page.wait(lambda: study_page.view == "welcome")
        study_page.click("#begin")
    study_page.wait(lambda: study_page.view == "trouble")
    studies.fails = set()
    study_page.click("#retry")
    if failing == "studies":
        study_page.wait(lambda: study_page.view == "welcome")
    else:
        study_page.wait_for_pair(1)


def test_an_unknown_study_is_said(study_page: StudyPage) -> None:
    study_page.visit("/study/garages")
    study_page.wait(lambda: study_page.view == "trouble")
    assert "no study at this address" in study_page.one("#trouble-words").text
    assert not study_page.one("#retry").is_displayed()


def test_a_participant_whom_the_service_forgot_starts_anew(study_page: StudyPage) -> None:
    study_page.excused = r"participant=gone.* 404 "
    study_page.visit("/study")
    study_page.run("localStorage.setItem('study/rooms', JSON.stringify({participant: 'gone', done: 3, total: 12}))")
    study_page.visit("/study/rooms")
    study_page.wait(lambda: study_page.view == "welcome")
    study_page.click("#begin")
    study_page.wait_for_pair(1)
