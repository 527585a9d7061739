from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.programs import rollouts, warning
from stepdown.web.programs.models import ModuleVersion, Session
from stepdown.web.programs.scheduling import Held, Subject, When
from tests.web.conftest import NOW
from tests.web.programs.drawn import drawn, units
from tests.web.programs.making import a_module, a_session
from tests.web.programs.texts import published


def of_new(*given):
    return [each.text for each in warning.of_new(*given)]


def of_change(*given):
    return [each.text for each in warning.of_change(*given)]


DAY = date(2026, 3, 9)
AT_NINE = datetime(2026, 3, 9, 9, tzinfo=UTC)


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def module(here):
    return a_module(here.agency)


@pytest.fixture
def held(teacher):
    return Held(When(DAY, time(9)), None, "Room 9", frozenset([teacher.id]))


def test_nothing_is_said_where_there_is_nothing_to_know(here, module, held):
    assert of_new(here.agency, Subject(module.id, here.unit.id), held, NOW) == []


def test_a_day_in_the_past_is_told_and_today_is_not(here, module, held):
    subject = Subject(module.id, here.unit.id)
    before = replace(held, when=When(date(2026, 2, 20), time(9)))
    assert of_new(here.agency, subject, before, NOW) == ["It lies in the past: 20 Feb 2026."]
    today = replace(held, when=When(NOW.date(), time(0, 1)))
    assert of_new(here.agency, subject, today, NOW) == []


def test_whoever_teaches_elsewhere_then_and_a_place_that_is_taken_are_told(
    here, module, teacher, held
):
    other = here.people[Role.COORDINATOR]
    hour = timedelta(hours=1)
    a_session(here, module, AT_NINE + hour, teacher, place="Elsewhere")
    a_session(here, module, AT_NINE - hour, other, place="ROOM 9")
    a_session(here, module, AT_NINE + 2 * hour, teacher, place="Room 9")
    a_session(here, module, AT_NINE - 2 * hour, teacher, place="Room 9")
    a_session(here, module, AT_NINE, teacher, place="Room 9", cancelled_at=NOW)
    assert of_new(here.agency, Subject(module.id, here.unit.id), held, NOW) == [
        "“Listening” is held at ROOM 9 then, from 9 Mar 2026, 08:00 on.",
        f"{teacher.name} teaches “Listening” then, from 9 Mar 2026, 10:00 on.",
    ]


def test_a_session_is_not_in_the_way_of_itself(here, module, teacher, held):
    session = a_session(here, module, AT_NINE, teacher, place="Room 9")
    assert of_change(session, held, NOW) == []


def test_a_unit_that_would_be_taught_before_its_day_is_told(here, held):
    chief = here.people[Role.COORDINATOR]
    published(chief.actor(), here.agency.id)
    six = units(here.agency)
    row = drawn(chief.actor(), here.agency, six)
    due = {each.unit: each.due for each in rollouts.opened(row).draw.assigned}
    module = ModuleVersion.objects.get(agency=here.agency, name="first_words")
    back = next(unit for unit in six if due[unit.name] is None)
    first = next(unit for unit in six if due[unit.name] == min(filter(None, due.values())))
    (told,) = of_new(here.agency, Subject(module.id, back.id), held, NOW)
    assert f"{back.name} is held back" in told
    (told,) = of_new(here.agency, Subject(module.id, first.id), held, NOW)
    assert f"{first.name} was drawn for 1 Apr 2026" in told
    on_time = replace(held, when=When(date(2026, 4, 1), time(9)))
    assert of_new(here.agency, Subject(module.id, first.id), on_time, NOW) == []
    assert of_new(here.agency, Subject(module.id, here.unit.id), held, NOW) == []
    (told,) = of_new(here.agency, Subject(module.id, None), on_time, NOW)
    assert first.name not in told
    assert back.name in told


def test_the_form_warns_first_and_saves_when_told_so(here, teacher, browser_of):
    module = a_module(here.agency)
    given = {
        "key": "7d1f7a52-6f0e-4d5c-8a3e-0c0f3b1c9d12", "module": str(module.id),
        "unit": str(here.unit.id), "day": "2025-03-09", "clock": "09:00", "place": "Room 4",
        "instructors": [str(teacher.id)],
    }  # fmt: skip
    browser, url = browser_of(teacher), f"/sessions/of/{here.agency.id}/schedule/"
    page = browser.post(url, given)
    assert "It lies in the past: 9 Mar 2025." in page.text
    assert 'name="nevertheless" value="past"' in page.text
    assert not Session.objects.exists()
    answer = browser.post(url, given | {"nevertheless": "past"})
    assert answer.headers["Location"] == f"/sessions/{given['key']}/"
    assert browser.post(url, given).status_code == 302


def test_a_tick_on_a_warning_is_kept_on_record_by_its_kind_alone(here, teacher, browser_of):
    module = a_module(here.agency)
    a_session(here, module, datetime(2025, 3, 9, 9, tzinfo=UTC), teacher, place="Room 4")
    given = {
        "key": "7d1f7a52-6f0e-4d5c-8a3e-0c0f3b1c9d13", "module": str(module.id),
        "unit": str(here.unit.id), "day": "2025-03-09", "clock": "09:00", "place": "Room 4",
        "instructors": [str(teacher.id)],
    }  # fmt: skip
    browser, url = browser_of(teacher), f"/sessions/of/{here.agency.id}/schedule/"
    page = browser.post(url, given | {"nevertheless": "past"})
    assert 'value="past place teacher"' in page.text, "what was not seen is not ticked"
    assert browser.post(url, given | {"nevertheless": "past place teacher"}).status_code == 302
    detail = Entry.objects.get(record=given["key"], outcome="done").detail
    assert detail["despite"] == ["past", "place", "teacher"]
    assert teacher.name not in str(detail)
    assert "Room" not in str(detail)


def test_a_change_despite_a_warning_is_kept_on_record_and_one_without_has_none(
    here, teacher, browser_of
):
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    module = a_module(here.agency)
    session = a_session(here, module, soon, teacher, place="Room 4")
    a_session(here, module, soon, here.people[Role.COORDINATOR], place="Room 5")
    given = {
        "day": str(soon.date()), "clock": f"{soon:%H:%M}", "place": "Room 6", "minutes": "30",
        "instructors": [str(teacher.id)],
    }  # fmt: skip
    browser, url = browser_of(teacher), f"/sessions/{session.id}/change/"
    assert browser.post(url, given).status_code == 302
    there = given | {"place": "Room 5"}
    assert browser.post(url, there).status_code == 400
    assert browser.post(url, there | {"nevertheless": "place"}).status_code == 302
    rows = Entry.objects.filter(record=str(session.id), action="change a session")
    assert [row.detail for row in rows.order_by("number")] == [{}, {"despite": ["place"]}]
