import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stepdown.web import jobs
from stepdown.web.accounts.models import RoleGrant, Unit
from stepdown.web.policy import Role
from stepdown.web.programs.models import FidelityMark, Session
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_programme, a_session

DAY = timedelta(days=1)


@pytest.fixture
def teacher(here):
    here.agency.zone = "America/Chicago"
    here.agency.save()
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def module(here):
    return a_module(here.agency)


@pytest.fixture
def now():
    return timezone.now()


def of(here, rest=""):
    return f"/sessions/of/{here.agency.id}/{rest}"


def sent(here, module, teacher, **changed):
    return {
        "key": str(uuid.uuid4()), "module": str(module.id), "unit": str(here.unit.id),
        "day": f"{timezone.now() + 3 * DAY:%Y-%m-%d}", "clock": "09:00", "place": "Room 4",
        "instructors": [str(teacher.id)],
    } | changed  # fmt: skip


def test_whoever_belongs_to_one_agency_goes_straight_to_its_sessions(
    here, elsewhere, teacher, browser_of
):
    browser = browser_of(teacher)
    assert browser.get("/sessions/").headers["Location"] == of(here)
    RoleGrant.objects.create(person=teacher, role=Role.TRAINEE, agency=elsewhere.agency)
    assert browser.get("/sessions/").context["agencies"] == [elsewhere.agency, here.agency]
    assert "You belong to none" in browser_of(here.people[Role.SITE_ADMIN]).get("/sessions/").text


def test_sessions_are_listed_in_the_time_of_the_agency(here, teacher, module, now, browser_of):
    start = datetime(now.year + 1, 1, 15, 15, tzinfo=UTC)
    a_session(here, module, start, teacher)
    page = browser_of(here.people[Role.ANALYST]).get(of(here))
    assert "Times are those of America/Chicago" in page.text
    assert f"15 Jan {now.year + 1}, 09:00" in page.text
    assert "Schedule a session" not in page.text


def test_to_come_are_those_that_have_not_ended_and_past_those_that_have_begun(
    here, teacher, module, now, browser_of
):
    over = a_session(here, module, now - DAY, teacher)
    runs = a_session(here, module, now - timedelta(hours=1), teacher)
    ended = a_session(here, module, now - timedelta(hours=3), teacher)
    gone = a_session(here, module, now + DAY, teacher, cancelled_at=now, cancelled_why="x")
    browser = browser_of(teacher)
    assert list(browser.get(of(here)).context["rows"]) == [runs, gone]
    assert list(browser.get(of(here, "?past=yes")).context["rows"]) == [runs, ended, over]
    assert "cancelled" in browser.get(of(here)).text


def test_the_list_is_narrowed_by_unit_programme_and_month(here, teacher, module, now, browser_of):
    programme = a_programme(here.agency, "whole", module)
    # In Chicago it is still the month before.
    first = datetime(now.year + 1, 3, 1, 3, tzinfo=UTC)
    one = a_session(here, module, first, teacher, programme=programme)
    two = a_session(here, module, first + DAY, teacher, unit=here.other_unit)
    three = a_session(here, module, first + 2 * DAY, teacher, everybody=True)
    browser = browser_of(teacher)

    def rows(query):
        return list(browser.get(of(here, f"?{query}")).context["rows"])

    assert rows(f"unit={here.other_unit.id}") == [two]
    assert rows("unit=everybody") == [three]
    assert rows("programme=whole") == [one]
    assert rows(f"month={now.year + 1}-02") == [one]
    assert rows(f"month={now.year + 1}-03") == [two, three]
    assert rows("unit=%00&month=9999-99&programme=%00&past=x&page=zz") == [one, two, three]
    assert rows(f"unit={uuid.uuid4()}") == []


def test_a_page_holds_fifty_and_the_next_keeps_what_was_asked(
    here, teacher, module, now, browser_of
):
    for n in range(51):
        a_session(here, module, now + (n + 1) * DAY)
    page = browser_of(teacher).get(of(here, f"?unit={here.unit.id}"))
    assert len(page.context["rows"]) == 50
    assert f"?unit={here.unit.id}&amp;page=2" in page.text


def test_the_number_of_queries_does_not_grow_with_sessions(here, teacher, module, now, browser_of):
    browser = browser_of(teacher)

    def queries(url):
        browser.get(url)
        with CaptureQueriesContext(connection) as found:
            assert browser.get(url).status_code == 200
        return len(found)

    urls = (of(here), of(here, "?past=yes"), of(here, "schedule/"))
    one = a_session(here, module, now - timedelta(minutes=5), teacher)
    few = [queries(url) for url in (*urls, f"/sessions/{one.id}/")]
    programme = a_programme(here.agency, "whole", module)
    Unit.objects.bulk_create(Unit(agency=here.agency, name=f"U {n}") for n in range(20))
    for n in range(30):
        a_session(here, module, now + n * DAY, teacher, programme=programme, make_up_of=one)
        a_session(here, module, now - n * DAY, teacher)
        a_module(here.agency, f"module_{n}")
    assert [queries(url) for url in (*urls, f"/sessions/{one.id}/")] == few


def test_the_form_schedules_a_session_once(here, teacher, module, browser_of):
    browser, given = browser_of(teacher), sent(here, module, teacher)
    for _ in range(2):
        answer = browser.post(of(here, "schedule/"), given)
        assert answer.headers["Location"] == f"/sessions/{given['key']}/"
    made = Session.objects.get()
    assert (str(made.id), made.minutes, made.programme) == (given["key"], 120, None)


def test_the_form_says_everything_that_is_wrong_beside_its_field(
    here, elsewhere, teacher, module, browser_of
):
    browser = browser_of(teacher)
    page = browser.post(of(here, "schedule/"), {"module": "x", "clock": "25:00", "minutes": "0"})
    assert page.status_code == 400
    form = page.context["form"]
    assert set(form.errors) == {
        "key", "module", "unit", "day", "clock", "minutes", "place", "instructors",
    }  # fmt: skip
    foreign = a_programme(here.agency, "other", a_module(here.agency, "talking"))
    page = browser.post(
        of(here, "schedule/"),
        sent(here, module, teacher, programme=str(foreign.id), place="a\u202eb"),
    )
    assert set(page.context["form"].errors) == {"programme", "place"}
    assert not Session.objects.exists()


def test_a_time_that_exists_twice_is_asked_for_and_then_taken(
    here, teacher, module, browser_of, monkeypatch
):
    monkeypatch.setattr("stepdown.web.programs.scheduling.FURTHEST", timedelta(days=9999))
    browser = browser_of(teacher)
    given = sent(here, module, teacher, day="2034-11-05", clock="01:30")
    page = browser.post(of(here, "schedule/"), given)
    assert page.status_code == 400
    assert "01:30 CDT, then 01:30 CST" in page.text
    assert 'type="radio" name="second"' in page.text
    browser.post(of(here, "schedule/"), given | {"second": "second"})
    made = Session.objects.get()
    assert made.start == datetime(2034, 11, 5, 7, 30, tzinfo=UTC)
    page = browser.get(f"/sessions/{made.id}/change/")
    assert page.context["form"].initial["second"] == "second"


def test_a_session_is_scheduled_again_from_an_earlier_one_or_made_up(
    here, teacher, module, now, browser_of
):
    earlier = a_session(here, module, now - DAY, teacher, place="Hall", minutes=90)
    browser = browser_of(teacher)
    form = browser.get(of(here, f"schedule/?again={earlier.id}")).context["form"]
    assert (form.initial["place"], form.initial["minutes"], form.initial["module"]) == (
        "Hall", 90, module.id,
    )  # fmt: skip
    assert "make_up_of" not in form.initial
    page = browser.get(of(here, f"schedule/?make_up_of={earlier.id}"))
    assert "It makes up" in page.text
    given = sent(here, module, teacher, make_up_of=str(earlier.id))
    browser.post(of(here, "schedule/"), given)
    assert Session.objects.get(pk=given["key"]).make_up_of == earlier


def test_the_form_of_another_agencys_session_is_not_there(
    here, elsewhere, teacher, module, now, browser_of
):
    there = a_session(elsewhere, a_module(elsewhere.agency), now)
    browser = browser_of(teacher)
    assert browser.get(of(here, f"schedule/?again={there.id}")).status_code == 404
    assert browser.get(of(here, "schedule/?again=x")).status_code == 400
    assert browser.get(of(elsewhere)).status_code == 404
    assert browser.get(f"/sessions/{there.id}/").status_code == 404


def test_a_session_is_changed_and_cancelled_by_its_pages(here, teacher, module, now, browser_of):
    made = a_session(here, module, now + 2 * DAY, teacher)
    browser = browser_of(teacher)
    given = sent(here, module, teacher, place="<script>alert(1)</script>")
    assert browser.post(f"/sessions/{made.id}/change/", given).status_code == 302
    assert jobs.run_ready() == 1  # whoever was reminded of it is told
    page = browser.get(f"/sessions/{made.id}/")
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert(1)" not in page.text
    assert browser.post(f"/sessions/{made.id}/cancel/", {"why": ""}).status_code == 400
    browser.post(f"/sessions/{made.id}/cancel/", {"why": "A flood"})
    page = browser_of(here.people[Role.TRAINEE]).get(f"/sessions/{made.id}/")
    assert "A flood" in page.text
    assert browser.post(f"/sessions/{made.id}/change/", given).status_code == 400


def test_the_checklist_is_marked_on_the_page_of_the_session(here, teacher, module, now, browser_of):
    made = a_session(here, module, now - timedelta(hours=1), teacher)
    browser = browser_of(teacher)
    url = f"/sessions/{made.id}/checklist/"
    browser.post(url, {"line-opening": "done", "line-talk": "", "other": "x"})
    browser.post(url, {"line-opening": "not_done"})
    assert list(FidelityMark.objects.values_list("item", "mark")) == [
        ("opening", "done"), ("opening", "not_done"),
    ]  # fmt: skip
    page = browser.get(f"/sessions/{made.id}/")
    assert "2 marks; the latest counts" in page.text
    assert browser.post(url, {"line-x": "done", "line-talk": "great"}).status_code == 400
    assert "Began with a scenario" not in browser_of(here.people[Role.TRAINEE]).get(
        f"/sessions/{made.id}/"
    ).text  # fmt: skip


def test_a_get_changes_nothing(here, teacher, module, now, browser_of):
    made = a_session(here, module, now + DAY, teacher)
    browser = browser_of(teacher)
    for act in ("cancel", "checklist", "note"):
        assert browser.get(f"/sessions/{made.id}/{act}/").status_code == 405
    made.refresh_from_db()
    assert (made.cancelled_at, made.start > NOW) == (None, True)


def test_modules_stand_in_the_order_of_their_programme_and_instructors_with_their_unit(
    here, teacher, browser_of
):
    last, first = a_module(here.agency, "a_last"), a_module(here.agency, "z_first")
    a_module(here.agency, "alone")
    a_programme(here.agency, "whole", first, last)
    form = browser_of(teacher).get(of(here, "schedule/")).context["form"]
    (_empty, (_group, latest)) = form.fields["module"].choices
    assert [title.split(",")[0] for _pk, title in latest] == ["Z first", "A last", "Alone"]
    named = dict(form.fields["instructors"].choices)
    assert named[str(teacher.id)] == f"{teacher.name}, {here.unit.name}"
