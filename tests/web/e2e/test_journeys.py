"""A whole encounter, review, try and assignment, in each role, by mouse and by keyboard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stepdown.web.policy import Role
from tests.web.e2e.hands import HANDS


def entries(page):
    return page.locator("#talk > .turn").count()


def acted(page, do):
    """Do something and wait until it stands in the talk."""
    before = entries(page)
    do()
    page.wait_for_function(WAITED, arg=before)


WAITED = "before => document.querySelectorAll('#talk > .turn').length > before"


def play(page, hand):
    """Say, do, wait, read the situation, stop, and look back."""
    acted(page, lambda: hand.say("My name is Sam. I will stay right here. What happened tonight?"))
    acted(page, lambda: hand.press(page.locator("#move-step_back")))
    acted(page, lambda: hand.press(page.locator("#wait-5")))
    if not page.locator("#read").evaluate("e => e.open"):
        hand.press(page.locator("#read > summary"))
    hand.choose(page.locator("#read-arousal"), "6")
    hand.press(page.locator("#read button"))
    page.wait_for_function("() => !document.getElementById('read').open")
    hand.press(page.locator("#stop-all > summary"))
    hand.press(page.locator("#stop"))
    page.locator("#look-back").wait_for()
    hand.press(page.locator("#look-back"))
    page.wait_for_url("**/review/")


@pytest.mark.parametrize("way", HANDS)
@pytest.mark.parametrize("role", list(Role))
def test_everybody_can_practise_look_back_and_try_again(page_of, site, role, way):
    page = page_of(role)
    hand = HANDS[way](page)
    page.goto(site.address("/"))
    hand.press(page.get_by_role("link", name="Practise", exact=True).first)
    hand.press(page.get_by_role("link", name="A man on a bridge", exact=True))
    page.get_by_text("Who will see what").wait_for()
    hand.press(page.get_by_role("button", name="Begin"))
    page.wait_for_url("**/encounters/*/")
    play(page, hand)
    page.get_by_role("heading", name="Outcome").wait_for()
    first = page.url
    hand.press(page.locator("tr.move button, tr.say button").first)
    page.wait_for_url(lambda url: "/encounters/" in url and "review" not in url)
    acted(page, lambda: hand.say("That sounds very hard."))
    hand.press(page.locator("#stop-all > summary"))
    hand.press(page.locator("#stop"))
    hand.press(page.locator("#look-back"))
    page.wait_for_url("**/review/")
    assert page.url != first
    hand.press(page.get_by_role("link", name="side by side with this one"))
    page.wait_for_url("**/compare/**")


@pytest.mark.parametrize("way", HANDS)
@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.COORDINATOR])
def test_who_teaches_assigns_and_the_trainee_does_it(page_of, site, role, way):
    page = page_of(role)
    hand = HANDS[way](page)
    page.goto(site.address("/units/{unit}/"))
    hand.press(page.get_by_role("link", name="Assign a scenario"))
    hand.choose(page.locator("select[name=scenario]"), "brother")
    due = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    hand.write(page.locator("input[name=due]"), due)
    note = f"Before the night shift, {role}, {way}"
    hand.write(page.locator("[name=note]"), note)
    hand.press(page.get_by_role("button", name="Assign it"))
    page.wait_for_url("**/assignments/*/")
    trainee = page_of(Role.TRAINEE)
    other = HANDS[way](trainee)
    trainee.goto(site.address("/"))
    task = trainee.locator("li", has_text=note)
    other.press(task.get_by_role("link").first)
    other.press(trainee.get_by_role("button", name="Begin"))
    trainee.wait_for_url("**/encounters/*/")
    play(trainee, other)
    page.reload()
    page.get_by_text("Example trainee").first.wait_for()


@pytest.mark.parametrize("way", HANDS)
def test_an_assessment_is_announced_watched_scored_blind_and_then_compared(page_of, site, way):
    page = page_of(Role.INSTRUCTOR)
    hand = HANDS[way](page)
    page.goto(site.address("/units/{unit}/assign/"))
    hand.choose(page.locator("select[name=scenario]"), "bridge")
    hand.press(page.locator("input[name=assessed][value='yes'], input[name=assessed]").last)
    due = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    hand.write(page.locator("input[name=due]"), due)
    note = f"Assessment {way}"
    hand.write(page.locator("[name=note]"), note)
    hand.press(page.get_by_role("button", name="Assign it"))
    page.wait_for_url("**/assignments/*/")
    trainee = page_of(Role.TRAINEE)
    other = HANDS[way](trainee)
    trainee.goto(site.address("/"))
    other.press(trainee.locator("li", has_text=note).get_by_role("link").first)
    trainee.get_by_text("This is an assessment.").wait_for()
    other.press(trainee.get_by_label("I know this is an assessment"))
    other.press(trainee.get_by_role("button", name="Begin the assessment"))
    trainee.wait_for_url("**/encounters/*/")
    number = trainee.url.rstrip("/").rpartition("/")[2]
    page.goto(site.address(f"/assess/{number}/"))
    acted(trainee, lambda: other.say("What happened tonight?"))
    page.get_by_text("What happened tonight?").first.wait_for()
    assert page.get_by_text("worth").count() == 0
    play(trainee, other)
    page.goto(site.address(f"/assess/{number}/"))
    for domain in page.locator("fieldset:has(input[type=radio])").all():
        hand.press(domain.locator("input[value='2']"))
    hand.press(page.get_by_role("button", name="Save"))
    page.get_by_text("Position", exact=False).first.wait_for()
