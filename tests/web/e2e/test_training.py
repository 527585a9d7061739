"""Training as people live it: the code, the list, a session, refreshers, consent, a calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from stepdown.web.policy import Role
from tests.web.e2e.hands import HANDS

RUNNING = {"mouse": ("session", "Example hall"), "keyboard": ("other_session", "Example gym")}
TRAINED = {"mouse": Role.TRAINEE, "keyboard": "second"}
NAMES = {"mouse": "Example trainee", "keyboard": "Example second trainee"}
DAYS = {"mouse": 20, "keyboard": 21}


def link(page, name):
    return page.get_by_role("link", name=name, exact=True).first


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def press(page, hand, what):
    """Press a link or button, and wait for the page behind it."""
    with page.expect_navigation():
        hand.press(what)


def go(page, hand, site, *names):
    """Begin on the first page and follow links by their names."""
    page.goto(site.address("/"))
    for name in names:
        press(page, hand, link(page, name))


def row_of(page, name):
    """Return the row of a table whose header is a name."""
    return page.locator("tbody tr").filter(has=page.get_by_role("rowheader", name=name, exact=True))


FEWER = "before => document.querySelectorAll('[name=there]').length < before"
"""Who is exempt, or noted elsewhere at that time, stays to be noted by name."""


@pytest.mark.parametrize("way", HANDS)
def test_who_types_the_code_is_noted_the_others_by_the_list_and_one_is_corrected(
    page_of, site, way
):
    session, place = RUNNING[way]
    site.lately("begun", site.page(session).split("/")[-2])
    wall = page_of(Role.INSTRUCTOR)
    teacher = HANDS[way](wall)
    wall.goto(site.page(session))
    press(wall, teacher, link(wall, "Show the code for the wall"))
    code = wall.locator(".wall").inner_text()

    trainee = page_of(TRAINED[way])
    hand = HANDS[way](trainee)
    go(trainee, hand, site, "Training")
    hand.press(trainee.locator("li", has_text=place).get_by_role("link", name="I am here"))
    hand.write(trainee.get_by_label("The code on the wall"), "000000")
    press(trainee, hand, button(trainee, "I am here"))
    told = trainee.get_by_role("alert")
    told.get_by_text("this code is not the one on the wall").wait_for()
    hand.write(trainee.get_by_label("The code on the wall"), code)
    press(trainee, hand, button(trainee, "I am here"))
    trainee.get_by_text("You are noted as there, for all of it.").wait_for()

    teacher.press(wall.locator("main p.small a").first)
    wall.get_by_text(re.compile(r"^1 noted as there, of \d+\.")).wait_for()
    press(wall, teacher, link(wall, "Note who was there"))
    assert "by the code" in row_of(wall, NAMES[way]).inner_text()
    late = wall.locator("tbody tr", has=wall.locator("[name=there]")).first
    name = late.get_by_role("rowheader").inner_text()
    teacher.press(late.locator("[name=there]"))
    teacher.write(late.get_by_label(f"Minutes of {name}"), "60")
    press(wall, teacher, button(wall, "Note those who are ticked"))
    row_of(wall, name).get_by_text("by the list").wait_for()
    assert "60" in row_of(wall, name).inner_text()
    left = wall.locator("[name=there]").count()
    press(wall, teacher, button(wall, "Everybody who is not noted yet: there for all of it"))
    wall.wait_for_function(FEWER, arg=left)

    teacher.press(row_of(wall, name).get_by_role("link", name="Correct"))
    teacher.write(wall.get_by_label("Minutes there"), "90")
    press(wall, teacher, button(wall, "Correct it"))
    wall.get_by_text("This field is required.").wait_for()
    teacher.write(wall.get_by_label("Why the entry was wrong"), "Came at half past, by the door")
    press(wall, teacher, button(wall, "Correct it"))
    wall.get_by_text(f"The entry of {name} is corrected.").wait_for()
    teacher.press(row_of(wall, name).get_by_role("link", name="Correct"))
    wall.get_by_text("Entries, the first one first").wait_for()
    first, second = wall.locator("tbody tr").all()
    assert [cell.strip() for cell in first.locator("td").all_inner_texts()][::4] == ["60", "no"]
    said = second.inner_text()
    assert "90" in said
    assert "Came at half past, by the door" in said
    assert "Example instructor" in said
    assert "yes" in said


@pytest.mark.parametrize("way", HANDS)
def test_a_session_is_scheduled_after_all_that_was_wrong_is_said_then_moved_and_cancelled(
    page_of, site, way
):
    page = page_of(Role.COORDINATOR)
    hand = HANDS[way](page)
    go(page, hand, site, "Programme", "Sessions", "Schedule a session")
    hand.write(page.locator("#id_day"), "2099-05-01")
    hand.write(page.locator("#id_clock"), "09:30")
    press(page, hand, button(page, "Schedule it"))
    for field in ("module", "unit", "place", "instructors"):
        page.locator(f"#id_{field}_wrong").wait_for()
    assert page.locator("[id$=_wrong]").count() == 4
    title = "Think, plan and think again"
    module = page.locator("#id_module option", has_text=title).first.get_attribute("value")
    hand.choose(page.locator("#id_module"), module)
    hand.choose(page.locator("#id_unit"), site.ids["unit"])
    room = f"Room of the {way}"
    hand.write(page.locator("#id_place"), room)
    hand.press(page.get_by_label("Example instructor"))
    press(page, hand, button(page, "Schedule it"))
    page.locator("#id_day_wrong").get_by_text("two years ahead").wait_for()
    day = (datetime.now(UTC) + timedelta(DAYS[way])).date()
    hand.write(page.locator("#id_day"), day.isoformat())
    press(page, hand, button(page, "Schedule it"))
    page.get_by_role("heading", name=title, level=1).wait_for()
    begins = page.locator("dl.plain").inner_text()
    assert f"{day:%A}, {day.day} {day:%b %Y}, 09:30" in begins
    assert room in begins

    press(page, hand, link(page, "Sessions"))
    there = page.locator("tbody tr", has_text=room)
    assert title in there.inner_text()
    hand.press(there.get_by_role("link"))
    press(page, hand, link(page, "Change time, place or who teaches"))
    hand.write(page.locator("#id_place"), f"Other room of the {way}")
    press(page, hand, button(page, "Change it"))
    page.get_by_role("definition").get_by_text(f"Other room of the {way}", exact=True).wait_for()
    address = page.url
    trainee = page_of(Role.TRAINEE)
    other = HANDS[way](trainee)
    go(trainee, other, site, "Training", "What I was taught")
    assert trainee.locator("tbody tr", has_text=f"Other room of the {way}").count() == 1

    hand.press(page.locator("summary", has_text="Cancel it"))
    hand.write(page.get_by_label("Why it is cancelled"), "The room is flooded")
    press(page, hand, button(page, "Cancel the session"))
    page.get_by_text("The room is flooded").wait_for()
    trainee.reload()
    assert trainee.locator("tbody tr", has_text=f"Other room of the {way}").count() == 0
    trainee.goto(address)
    trainee.get_by_text(re.compile("Cancelled on .*: The room is flooded")).wait_for()


@pytest.mark.parametrize("way", HANDS)
def test_a_plan_of_refreshers_is_made_and_everybody_reads_the_same_reason(page_of, site, way):
    page = page_of(Role.COORDINATOR)
    hand = HANDS[way](page)
    go(page, hand, site, "Programme", "Refreshers", re.compile("^The plan"), "Settings")
    before = page.locator("[name=aim]:checked").get_attribute("value")
    aim = {"skill": "standard", "standard": "skill"}[before]
    hours = {"mouse": 210, "keyboard": 200}[way]  # enough on the last day of a month, too
    hand.write(page.get_by_label("Hours of people's time in a month"), str(hours))
    hand.press(page.locator(f"[name=aim][value={aim}]"))
    press(page, hand, button(page, "Save"))
    press(page, hand, button(page, "Make a new plan"))
    page.get_by_text("the mean share that is left" if aim == "skill" else "at the standard or above"
                     ).wait_for(timeout=90_000)  # fmt: skip
    assert page.locator("#progress .note").count() == 0
    spent = page.locator("table.counts tbody tr td:nth-of-type(3)").all_inner_texts()
    assert 0 < float(spent[0]) <= hours

    press(page, hand, link(page, "All units"))
    rows = page.locator("tbody tr")
    reasons = rows.locator("td:last-child").all_inner_texts()
    assert reasons
    assert all(reason.strip().endswith(".") for reason in reasons)

    trainee = page_of(TRAINED[way])
    own = HANDS[way](trainee)
    go(trainee, own, site, "Training", "My refreshers")
    visit = trainee.locator(".visits li").first
    month, title = re.match(
        r"(\w+ \d{4}): (.+?) ?\(", visit.locator("p").first.inner_text()
    ).groups()
    short = datetime.strptime(month, "%B %Y").strftime("%b %Y")
    if short != page.locator(".months [aria-current]").inner_text():
        hand.press(link(page.locator(".months"), short))
    page.get_by_role("heading", name=month).wait_for()
    listed = row_of(page, NAMES[way]).filter(has_text=title.strip())
    said = visit.locator("p.small").inner_text().replace("since you were", "since they were")
    assert said in listed.first.inner_text()


@pytest.mark.parametrize("way", HANDS)
def test_who_agrees_that_practice_counts_can_take_it_back(page_of, site, way):
    page = page_of(TRAINED[way])
    hand = HANDS[way](page)
    go(page, hand, site, "Training", "My refreshers", "What that means, and change it")
    if button(page, "My practice shall count no longer").count():
        press(page, hand, button(page, "My practice shall count no longer"))
    press(page, hand, button(page, "I agree: my practice shall count"))
    page.get_by_text("Your practice counts.").first.wait_for()
    press(page, hand, link(page, "My refreshers"))
    page.get_by_text("as you agreed").wait_for()
    press(page, hand, link(page, "What that means, and change it"))
    press(page, hand, button(page, "My practice shall count no longer"))
    page.get_by_text("Your practice does not count.").wait_for()


@pytest.mark.parametrize("way", HANDS)
def test_a_calendar_address_opens_without_signing_in_until_it_is_made_anew(page_of, site, way):
    page = page_of(TRAINED[way])
    hand = HANDS[way](page)
    go(page, hand, site, "Training", "My calendar and reminders")
    press(page, hand, button(page, "Make an address"))
    first = urlsplit(page.locator("#once").input_value()).path
    status, headers, text = site.running.get(first)
    assert status == 200
    assert headers["Content-Type"].startswith("text/calendar")
    assert text.startswith("BEGIN:VCALENDAR")
    assert "SUMMARY:Listening and respect" in text
    press(page, hand, button(page, "Make a new address"))
    page.wait_for_function("old => !document.getElementById('once').value.endsWith(old)", arg=first)
    second = urlsplit(page.locator("#once").input_value()).path
    assert site.running.get(first)[0] == 404
    assert site.running.get(second)[0] == 200
