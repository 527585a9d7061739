"""What goes wrong on the way: double clicks, two tabs, reloads, lost answers, a server killed."""

from __future__ import annotations

import pytest

from tests.web.e2e.conftest import NEVER_IDLE
from tests.web.e2e.hands import Keyboard
from tests.web.e2e.test_journeys import WAITED, entries


@pytest.fixture
def begun(page_of, site):
    def opened(pace="turn"):
        page = page_of("trainee")
        page.goto(site.address("/library/bridge/"))
        page.locator(f"input[name=pace][value={pace}]").check()
        page.locator(".begin button.main").click()
        page.wait_for_url("**/encounters/*/")
        return page

    return opened


def said(page):
    return page.locator("#talk .you").all_inner_texts()


def test_a_double_click_is_one_turn(begun):
    page = begun()
    page.fill("#say", "Only once.")
    page.locator("#send").dblclick()
    page.wait_for_function("() => document.getElementById('say').value === ''")
    page.reload()
    assert len(said(page)) == 1


def test_enter_pressed_again_and_again_is_one_turn(begun):
    page = begun()
    page.fill("#say", "Only once.")
    for _ in range(5):
        page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('say').value === ''")
    page.wait_for_load_state("networkidle")
    page.reload()
    assert len(said(page)) == 1


def test_two_tabs_of_one_encounter_neither_lose_nor_double_a_turn(begun):
    one = begun()
    two = one.context.new_page()
    two.goto(one.url)
    for page, text in ((one, "From the first."), (two, "From the second."), (one, "First again.")):
        before = entries(page)
        page.fill("#say", text)
        page.press("#say", "Enter")
        page.wait_for_function(WAITED, arg=before)
    for page in (one, two):
        page.reload()
        assert len(said(page)) == 3


def test_an_answer_that_is_lost_is_asked_for_again_and_the_turn_is_there_once(begun):
    page, lost = begun(), []

    def lose_first(route):
        if not lost and "say" in (route.request.post_data or ""):
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/act/", lose_first)
    page.fill("#say", "Is anybody there?")
    page.press("#say", "Enter")
    page.get_by_text("Not stored yet").wait_for()
    page.wait_for_function("() => document.getElementById('say').value === ''")
    assert lost == [200]
    assert len(said(page)) == 1
    page.reload()
    assert len(said(page)) == 1


def test_what_is_typed_outlives_a_server_that_is_killed_and_is_sent_when_it_is_back(begun, site):
    page, server = begun(), site.running
    server.kill()
    page.fill("#say", "I will wait with you.")
    page.press("#say", "Enter")
    page.get_by_text("Not stored yet").wait_for()
    assert page.input_value("#say") == "I will wait with you."
    server.start("--workers", "1", first=NEVER_IDLE)
    page.wait_for_function("() => document.getElementById('say').value === ''", timeout=30_000)
    assert len(said(page)) == 1


def test_what_was_sent_too_often_is_said_in_words_and_not_sent_again_by_itself(begun):
    page, tried = begun(), []

    def refuse(route):
        tried.append(route.request.post_data)
        said = "<div class='fault'>Too many tries. Wait a few minutes.</div>"
        route.fulfill(status=429, body=said, headers={"Retry-After": "20"})

    page.route("**/act/", refuse)
    page.fill("#say", "I am still here.")
    page.press("#say", "Enter")
    page.locator("#status").get_by_text("Too many tries").wait_for()
    page.wait_for_timeout(1500)
    assert page.input_value("#say") == "I am still here."
    assert len(tried) == 1
    page.unroute("**/act/")
    page.press("#say", "Enter")
    page.wait_for_function("() => document.getElementById('say').value === ''")
    assert len(said(page)) == 1


def test_what_is_typed_and_not_sent_is_there_after_a_reload(begun):
    page = begun()
    page.fill("#say", "Half a sent")
    page.reload()
    assert page.input_value("#say") == "Half a sent"


def test_in_real_pace_the_clock_runs_pauses_and_goes_on(begun):
    page = begun("real")
    face = page.locator("#clock-face")
    page.wait_for_function("() => document.getElementById('clock-face').innerText >= '0:02'")
    page.locator("#pause").click()
    page.get_by_text("stands still").wait_for()
    stands = face.inner_text()
    page.locator("#pause").click()
    page.wait_for_function("s => document.getElementById('clock-face').innerText > s", arg=stands)


def test_in_real_pace_stop_stays_open_and_is_reached_by_keyboard(begun):
    page = begun("real")
    hand = Keyboard(page)
    hand.press(page.locator("#stop-all > summary"))
    before = page.locator("#clock").get_attribute("data-seconds")
    page.wait_for_function(TICKED, arg=float(before) + 3)
    assert page.locator("#stop-all").evaluate("e => e.open")
    hand.press(page.locator("#stop"))
    page.locator("#look-back").wait_for()


TICKED = "s => Number(document.getElementById('clock').dataset.seconds) > s"


def test_reading_the_situation_stops_the_clock_of_real_pace(begun):
    page = begun("real")
    page.locator("#read > summary").click()
    page.get_by_text("stands still").wait_for()


def test_a_session_that_ended_leads_to_the_sign_in_and_keeps_what_was_typed(page_of, site):
    page = page_of("trainee")
    page.goto(site.address("/library/bridge/"))
    page.locator(".begin button.main").click()
    page.wait_for_url("**/encounters/*/")
    where = page.url
    page.context.clear_cookies()
    page.fill("#say", "Still here.")
    page.press("#say", "Enter")
    page.wait_for_url("**/account/login/**")
    key = site.ids["sessions"]["trainee"]
    page.context.add_cookies([{"name": "stepdown-session", "value": key, "url": site.address("/")}])
    page.goto(where)
    assert page.input_value("#say") == "Still here."
