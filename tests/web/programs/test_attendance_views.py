import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.middleware import SEEN
from stepdown.web.policy import Role
from stepdown.web.programs import attending, exempting, wall
from stepdown.web.programs.models import Attendance
from stepdown.web.records.models import Member
from tests.web.programs.making import a_module, a_session, trainees


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def session(here, teacher):
    start = timezone.now() - timedelta(minutes=5)
    return a_session(here, a_module(here.agency), start, teacher)


def at(session, rest):
    return f"/sessions/{session.id}/{rest}"


def test_those_who_are_ticked_are_noted_with_their_minutes(here, session, teacher, browser_of):
    one, two, three = trainees(here, 3)
    browser = browser_of(teacher)
    given = {
        "there": [str(one.id), str(two.id)], f"minutes-{one.id}": "120",
        f"minutes-{two.id}": "15", f"minutes-{three.id}": "120", "page": "1",
    }  # fmt: skip
    for _ in range(2):
        answer = browser.post(at(session, "note/"), given)
        assert answer.headers["Location"] == at(session, "list/?page=1")
    rows = dict(Attendance.objects.values_list("person__name", "minutes"))
    assert rows == {"T 0000": 120, "T 0001": 15}
    page = browser.get(at(session, "list/"))
    assert "by the list" in page.text
    assert str(three.id) in page.text


def test_minutes_that_are_no_number_are_refused_and_nobody_is_noted(
    here, session, teacher, browser_of
):
    one, two = trainees(here, 2)
    browser = browser_of(teacher)
    for wrong in ("", "x", "12.5", "-3", "999999999999", "١٢", "\0"):
        given = {"there": [str(one.id), str(two.id)], f"minutes-{one.id}": "120",
                 f"minutes-{two.id}": wrong}  # fmt: skip
        assert browser.post(at(session, "note/"), given).status_code == 400, wrong
    assert browser.post(at(session, "note/"), {"there": ["x"]}).status_code == 400
    assert browser.post(at(session, "note/"), {}).status_code == 400
    assert not Attendance.objects.exists()


def test_everybody_is_noted_by_one_button_also_those_on_other_pages(
    here, session, teacher, browser_of
):
    trainees(here, 60)
    browser = browser_of(teacher)
    assert len(browser.get(at(session, "list/")).context["rows"]) == 50
    browser.post(at(session, "note/"), {"whom": "everybody"})
    assert Attendance.objects.filter(minutes=120).count() == 61


def test_the_list_is_searched_by_name_and_its_queries_do_not_grow(
    here, session, teacher, browser_of
):
    browser = browser_of(teacher)

    def queries():
        browser.get(at(session, "list/"))
        with CaptureQueriesContext(connection) as found:
            browser.get(at(session, "list/"))
        return len(found)

    few = queries()
    trainees(here, 45)
    attending.note_present(teacher.actor(), session.id, None, timezone.now())
    assert queries() == few
    page = browser.get(at(session, "list/?q=t+004"))
    assert [row.person.name for row in page.context["rows"]] == [f"T 004{n}" for n in range(5)]
    assert browser.get(at(session, "list/?q=%00%25")).context["rows"] == []


def test_looking_at_the_list_is_noted(session, teacher, browser_of):
    browser_of(teacher).get(at(session, "list/"))
    entry = Entry.objects.get(outcome="read")
    assert (entry.kind, entry.record, entry.actor) == ("session", str(session.id), teacher.id)


def test_before_it_begins_the_list_shows_who_is_expected_and_takes_nothing(
    here, session, teacher, browser_of
):
    session.start = timezone.now() + timedelta(hours=1)
    session.save(update_fields=["start"])
    browser = browser_of(teacher)
    page = browser.get(at(session, "list/"))
    assert "Here trainee" in page.text
    assert 'name="there"' not in page.text
    assert browser.post(at(session, "note/"), {"whom": "everybody"}).status_code == 400


def test_an_entry_is_corrected_with_its_history_and_who_was_erased_has_no_name(
    here, session, teacher, browser_of
):
    one, two = trainees(here, 2)
    attending.note_present(teacher.actor(), session.id, {one.id: 120}, timezone.now())
    first = Attendance.objects.get()
    browser = browser_of(teacher)
    url = at(session, f"list/{one.id}/")
    wrong = browser.post(url, {"entry": first.id, "minutes": "121", "why": ""})
    assert wrong.status_code == 400
    assert set(wrong.context["form"].errors) == {"why"}
    given = {"entry": first.id, "minutes": "30", "why": "<b>Left</b>"}
    for _ in range(2):
        assert browser.post(url, given).headers["Location"] == at(session, "list/")
    told = f"The entry of {one.name} is corrected."
    assert told in browser.get(at(session, "list/")).text
    assert Attendance.objects.count() == 2
    Attendance.objects.update(recorded_by=None)
    page = browser.get(url)
    assert "&lt;b&gt;Left" in page.text
    assert "Erased person" in page.text
    assert page.context["counts"].minutes == 30
    assert browser.get(at(session, f"list/{two.id}/")).status_code == 404


def test_the_wall_shows_the_code_and_asks_for_the_next_without_noting_it(
    session, teacher, browser_of
):
    browser = browser_of(teacher)
    page = browser.get(at(session, "wall/"))
    code = wall.shown(teacher.actor(), session.id, timezone.now())[1].code
    assert f"{code[:3]} {code[3:]}" in page.text
    noted = Entry.objects.count()
    mark = page.context["mark"]
    part = browser.get(at(session, "wall/code/"), {"mark": mark}, headers={"HX-Request": "true"})
    assert f"{code[:3]} {code[3:]}" in part.text
    assert "<html" not in part.text
    assert Entry.objects.count() == noted
    browser.get(at(session, "wall/code/"))
    assert Entry.objects.count() == noted + 1


def test_a_wall_that_nobody_touches_keeps_no_session_alive(session, teacher, browser_of):
    browser = browser_of(teacher)
    page = browser.get(at(session, "wall/"))
    held = browser.session
    seen = time.time() - 20 * 60
    held[SEEN] = seen
    held.save()
    browser.get(at(session, "wall/code/"), {"mark": page.context["mark"]})
    assert browser.session[SEEN] == seen
    browser.get(at(session, "wall/"))
    assert browser.session[SEEN] > seen


def test_who_is_in_the_room_types_the_code(here, session, teacher, browser_of):
    trainee = here.people[Role.TRAINEE]
    browser = browser_of(trainee)
    assert "I am here" in browser.get(at(session, "")).text
    code = wall.shown(teacher.actor(), session.id, timezone.now())[1].code
    answer = browser.post(at(session, "here/"), {"code": code.lower()})
    assert answer.headers["Location"] == at(session, "")
    assert "You are noted as there" in browser.get(at(session, "")).text
    entry = Attendance.objects.get()
    assert (entry.person, entry.minutes, entry.how) == (trainee, 120, "code")


def test_a_wrong_code_is_told_and_guessing_ends_after_ten_tries(here, session, teacher, browser_of):
    browser = browser_of(here.people[Role.TRAINEE])
    page = browser.post(at(session, "here/"), {"code": "<script>"})
    assert page.status_code == 400
    told = "This code is not the one on the wall: type it anew; it changes every five minutes."
    assert told in page.text
    for _ in range(9):
        assert browser.post(at(session, "here/"), {"code": "CCCCCC"}).status_code == 400
    assert browser.post(at(session, "here/"), {"code": "CCCCCC"}).status_code == 429
    assert "Too many wrong codes" in browser.get(at(session, "here/")).text
    assert not Attendance.objects.exists()


def test_late_whoever_types_it_is_told_what_counts(here, session, teacher, browser_of):
    session.start = timezone.now() - timedelta(minutes=100, seconds=30)
    session.save(update_fields=["start"])
    page = browser_of(here.people[Role.TRAINEE]).get(at(session, "here/"))
    assert "you are noted for the 20 minutes that are left" in page.text


def test_nobody_else_may_see_list_or_code(here, elsewhere, session, browser_of):
    Person.objects.create_user("nobody@here.example", "Nobody")
    for person, status in (
        (here.people[Role.TRAINEE], 403), (here.people[Role.ANALYST], 403),
        (elsewhere.people[Role.INSTRUCTOR], 404),
    ):  # fmt: skip
        browser = browser_of(person)
        for rest in ("list/", "wall/", "wall/code/", f"list/{here.people[Role.TRAINEE].id}/"):
            assert browser.get(at(session, rest)).status_code == status


def test_somebody_else_is_sought_ticked_and_noted(here, session, teacher, browser_of):
    gone = Person.objects.create_user("gone@here.example", "Gone <b>Away</b>")
    Member.objects.create(agency=here.agency, person=gone, number="77-b")
    browser = browser_of(teacher)
    assert "Somebody else who was there" in browser.get(at(session, "list/")).text
    page = browser.get(at(session, "list/?else=77-b"))
    assert "Gone &lt;b&gt;Away" in page.text
    given = {"there": [str(gone.id)], f"minutes-{gone.id}": "30"}
    assert browser.post(at(session, "note/"), given).status_code == 302
    assert Attendance.objects.get().person == gone
    page = browser.get(at(session, "list/?else=77-b"))
    assert "Nobody else fits that" in page.text
    assert gone in [row.person for row in page.context["rows"]]
    for hostile in ("\0\0", "%_", "<script>", "x" * 5000, "\u202e\u202e"):
        assert browser.get(at(session, "list/"), {"else": hostile}).status_code == 200


def test_the_list_says_who_is_exempt_and_that_nobody_notes_themselves(
    here, session, teacher, browser_of
):
    trainee = here.people[Role.TRAINEE]
    RoleGrant.objects.create(person=teacher, role=Role.TRAINEE, agency=here.agency, unit=here.unit)
    day = session.start.date()
    boss = here.people[Role.COORDINATOR].actor()
    exempting.exempt(boss, here.agency.id, trainee.id, "leave", day, day, "", session.start)
    browser = browser_of(teacher)
    page = browser.get(at(session, "list/"))
    assert "exempt on this day" in page.text
    assert "You: somebody else" in page.text
    assert f'value="{teacher.id}"' not in page.text
    assert f'value="{trainee.id}"' in page.text
    given = {"there": [str(teacher.id)], f"minutes-{teacher.id}": "30"}
    assert browser.post(at(session, "note/"), given).status_code == 400
    Attendance.objects.create(session=session, person=teacher, minutes=30, how="list")
    page = browser.get(at(session, f"list/{teacher.id}/"))
    assert "These are your own entries" in page.text
    assert 'name="why"' not in page.text


def test_what_is_found_takes_as_many_queries_for_many_as_for_few(
    here, session, teacher, browser_of
):
    browser = browser_of(teacher)

    def queries():
        with CaptureQueriesContext(connection) as found:
            page = browser.get(at(session, "list/?else=other"))
        return len(found), len(page.context["others"])

    def come(n):
        people = trainees(here, n, f"other{n}-")
        RoleGrant.objects.filter(person__in=people).update(unit=here.other_unit)

    come(2)
    few, _ = queries()
    few, two = queries()
    come(30)
    many, shown = queries()
    assert (two, shown) == (2, 20)
    assert many == few
