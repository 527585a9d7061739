import datetime as dt
from dataclasses import replace

import pytest

from stepdown.problems import InputProblems
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from stepdown.web.programs import actual_dates, rollouts
from stepdown.web.programs.models import (
    ActualDate,
    Attendance,
    ModuleVersion,
    ProgrammeVersion,
    Session,
)
from tests.web.conftest import NOW
from tests.web.programs.drawn import drawn, trainees, units
from tests.web.programs.texts import published

LATER = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def chief(here):
    found = here.people[Role.COORDINATOR]
    published(found.actor(), here.agency.id)
    return found


@pytest.fixture
def six(here):
    found = units(here.agency)
    for unit in found:
        trainees(unit, 2)
    return found


@pytest.fixture
def row(here, chief, six):
    return drawn(chief.actor(), here.agency, six)


def note(chief, row, day, why="", at=LATER, unit="Unit 01"):
    return actual_dates.note(chief.actor(), row.id, unit, day, why, at)


def session(row, unit, day, people, minutes=30, how="list", **named):
    made = Session.objects.create(
        agency=row.agency, unit=unit, module=ModuleVersion.objects.get(name="first_words"),
        programme=ProgrammeVersion.objects.get(name="roll_call"), place="x", minutes=30,
        start=dt.datetime(2026, 4, day, 15, tzinfo=dt.UTC), **named,
    )  # fmt: skip
    for person in people:
        Attendance.objects.create(session=made, person=person, minutes=minutes, how=how)
    return made


def said(row, unit="Unit 01"):
    found = actual_dates.rows_of(row, rollouts.opened(row))
    return next(r for r in found if r.drawn.unit == unit)


def test_a_later_entry_stands_in_for_an_earlier_one_which_stays(chief, row):
    note(chief, row, dt.date(2026, 4, 2))
    note(chief, row, dt.date(2026, 4, 3), "It was the day after.", LATER + dt.timedelta(1))
    note(chief, row, None, "Nobody came.", LATER + dt.timedelta(2))
    assert [e.day and e.day.day for e in row.actual.all()] == [2, 3, None]
    assert rollouts.opened(row).trained() == {}
    assert Entry.objects.filter(action="note an actual date").count() == 3
    for entry in Entry.objects.filter(action="note an actual date"):
        assert set(entry.detail) == {"entry"}


def test_sent_twice_it_is_written_down_once(chief, row):
    for _ in range(2):
        note(chief, row, dt.date(2026, 4, 2))
    assert ActualDate.objects.count() == 1


def test_another_day_needs_a_reason(chief, row):
    note(chief, row, dt.date(2026, 4, 2))
    for day in (dt.date(2026, 4, 3), None):
        with pytest.raises(InputProblems, match="why it differs"):
            note(chief, row, day, "  ")
    assert ActualDate.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "why", "unit", "match"),
    [
        (None, "", "Unit 01", "nothing was written down yet"),
        (dt.date(2026, 3, 1), "", "Unit 01", "the draw"),
        (dt.date(2026, 5, 2), "", "Unit 01", "when it has happened"),
        (dt.date(2026, 4, 2), "a\u202eb", "Unit 01", "all of which are seen"),
        (dt.date(2026, 4, 2), "x" * 401, "Unit 01", "at most 400"),
        (dt.date(2026, 4, 2), "", "Another", "part of the draw"),
    ],
)
def test_what_cannot_be_is_refused(chief, row, day, why, unit, match):
    with pytest.raises(InputProblems, match=match):
        note(chief, row, day, why, unit=unit)
    assert not ActualDate.objects.exists()


def test_who_may_not_draw_writes_nothing_down(here, elsewhere, row):
    for person in (here.people[Role.ANALYST], elsewhere.people[Role.COORDINATOR]):
        with pytest.raises(Refused):
            note(person, row, dt.date(2026, 4, 2))


def test_an_entry_stays_on_its_day_when_the_agency_moves_to_another_zone(here, chief, row):
    note(chief, row, dt.date(2026, 5, 1), at=dt.datetime(2026, 5, 1, 1, tzinfo=dt.UTC))
    here.agency.zone = "America/Los_Angeles"
    here.agency.save()
    row.refresh_from_db()
    assert rollouts.opened(row).trained() == {"Unit 01": dt.date(2026, 5, 1)}


def test_sessions_say_the_first_day_on_which_somebody_was_there(row, six):
    people = [d.person for d in row.people.filter(unit="Unit 01")]
    session(row, six[0], 5, [])
    session(row, six[0], 6, people, minutes=0)
    session(row, six[0], 7, people, cancelled_at=NOW)
    assert said(row).sessions is None
    session(row, six[0], 9, people)
    session(row, six[0], 8, people[:1], how="code")
    assert said(row).sessions == dt.date(2026, 4, 8)
    assert said(row, "Unit 02").sessions is None


def test_a_list_that_says_otherwise_goes_before_a_code(row, six):
    person = row.people.filter(unit="Unit 01").first().person
    made = session(row, six[0], 8, [person], how="code")
    Attendance.objects.create(session=made, person=person, minutes=0, how="list")
    assert said(row).sessions is None


def test_what_was_corrected_does_not_count(row, six):
    person = row.people.filter(unit="Unit 01").first().person
    made = session(row, six[0], 8, [person])
    wrong = made.attendance.get()
    Attendance.objects.create(
        session=made, person=person, minutes=0, how="list", supersedes=wrong, why="Not there."
    )
    assert said(row).sessions is None


def test_a_session_for_everybody_counts_for_the_units_whose_people_were_there(row):
    people = [d.person for d in row.people.filter(unit="Unit 03")]
    session(row, None, 10, people[:1])
    assert said(row, "Unit 03").sessions == dt.date(2026, 4, 10)
    assert said(row, "Unit 01").sessions is None


def test_one_button_notes_what_the_sessions_say(chief, row, six, browser_of):
    session(row, six[0], 8, [row.people.filter(unit="Unit 01").first().person])
    browser = browser_of(chief)
    url = f"/rollouts/{row.id}/"
    assert "Note this" in browser.get(url).text
    page = browser.post(f"{url}actual/", {"unit": "Unit 01", "day": "2026-04-08"}, follow=True)
    assert "It is written down." in page.text
    assert "Note this" not in page.text
    assert said(row).actual == dt.date(2026, 4, 8)


def test_a_unit_that_was_trained_before_its_day_is_marked(chief, row, six, browser_of):
    url = f"/rollouts/{row.id}/"
    assert "trained before that" not in browser_of(chief).get(url).text
    back = next(unit for unit in six if said(row, unit.name).drawn.due is None)
    session(row, back, 8, [row.people.filter(unit=back.name).first().person])
    assert said(row, back.name).early
    assert browser_of(chief).get(url).text.count("trained before that") == 1
    on_time = said(row, next(u.name for u in six if said(row, u.name).drawn.due))
    assert not on_time.early
    due = on_time.drawn.due
    assert not replace(on_time, actual=due).early
    assert replace(on_time, actual=due - dt.timedelta(1)).early
    assert replace(on_time, sessions=due - dt.timedelta(1)).early


def test_a_browser_is_told_what_is_wrong_beside_the_field(chief, row, browser_of):
    browser = browser_of(chief)
    url = f"/rollouts/{row.id}/actual/"
    page = browser.post(url, {"unit": "Unit 01", "day": "2999-01-01", "note": "<script>x"})
    assert page.status_code == 400
    assert page.context["form"].errors["day"]
    assert "<script>x" not in page.text
    for sent in ({}, {"unit": "<b>", "day": "x", "note": "\x00"}):
        assert browser.post(url, sent).status_code == 400
    assert not ActualDate.objects.exists()
    assert browser.get(url).status_code == 405


def test_a_unit_that_was_renamed_shows_both_names(chief, row, six, browser_of):
    six[0].name = "Harbour"
    six[0].save()
    page = browser_of(chief).get(f"/rollouts/{row.id}/")
    assert "Unit 01" in page.text
    assert "now called Harbour" in page.text
