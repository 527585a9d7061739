import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.programs import taught
from stepdown.web.programs.correcting_teachers import correct_teachers, corrections_of
from stepdown.web.programs.models import TeacherCorrection
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_session

HOUR = timedelta(hours=1)


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def substitute(here):
    made = Person.objects.create_user("stand-in@here.example", "Stand-in")
    RoleGrant.objects.create(
        person=made, role=Role.INSTRUCTOR, agency=here.agency, unit=here.other_unit,
        suspended_at=NOW,
    )  # fmt: skip
    return made


@pytest.fixture
def session(here, teacher):
    return a_session(here, a_module(here.agency), NOW - HOUR, teacher)


def test_a_substitute_stands_where_others_read_who_taught(here, session, teacher, substitute):
    given = (teacher.actor(), session.id, {substitute.id}, "She was ill", NOW)
    assert correct_teachers(*given) == 2
    assert correct_teachers(*given) == 0
    assert list(session.instructors.all()) == [substitute]
    (held,) = taught.sessions(here.agency.id)
    assert held.instructors == (str(substitute.id),)
    rows = {(row.person, row.taught, row.why, row.by) for row in corrections_of(session)}
    assert rows == {
        (teacher, False, "She was ill", teacher), (substitute, True, "She was ill", teacher),
    }  # fmt: skip
    entry = Entry.objects.get(action="correct who taught a session")
    assert (entry.record, entry.detail) == (str(session.id), {"people": 2})


def test_a_correction_that_was_wrong_is_corrected_again_and_all_stay(session, teacher, substitute):
    correct_teachers(teacher.actor(), session.id, {substitute.id}, "Ill", NOW)
    correct_teachers(teacher.actor(), session.id, {teacher.id}, "She came after all", NOW + HOUR)
    assert list(session.instructors.all()) == [teacher]
    assert TeacherCorrection.objects.count() == 4


def test_everything_wrong_is_told_and_nothing_is_written(here, elsewhere, session, teacher):
    stranger = elsewhere.people[Role.INSTRUCTOR]
    for people in ((), (stranger.id,), (here.people[Role.TRAINEE].id,), (uuid.uuid4(),)):
        with pytest.raises(InputProblems) as caught:
            correct_teachers(teacher.actor(), session.id, people, " ", NOW)
        assert [problem.where for problem in caught.value.problems] == ["instructors", "why"]
    assert list(session.instructors.all()) == [teacher]
    assert not TeacherCorrection.objects.exists()


def test_before_it_begins_it_is_changed_instead_and_cancelled_it_stays(
    here, session, teacher, substitute
):
    with pytest.raises(InputProblems, match="change who teaches it"):
        correct_teachers(teacher.actor(), session.id, {substitute.id}, "Ill", NOW - 2 * HOUR)
    gone = a_session(here, session.module, NOW - HOUR, teacher, cancelled_at=NOW)
    with pytest.raises(InputProblems, match="nothing is corrected here"):
        correct_teachers(teacher.actor(), gone.id, {substitute.id}, "Ill", NOW)


def test_only_who_schedules_for_the_unit_corrects_who_taught(
    here, elsewhere, session, teacher, substitute
):
    for person in (here.people[Role.TRAINEE], here.people[Role.ANALYST], substitute):
        with pytest.raises(Refused):
            correct_teachers(person.actor(), session.id, {teacher.id}, "x", NOW)
    chief = elsewhere.people[Role.COORDINATOR].actor()
    with pytest.raises((Missing, Refused)) as caught:
        correct_teachers(chief, session.id, {teacher.id}, "x", NOW)
    assert getattr(caught.value, "hidden", True)


def test_the_page_corrects_and_shows_every_correction(here, teacher, substitute, browser_of):
    past = a_session(here, a_module(here.agency), timezone.now() - HOUR, teacher)
    browser, url = browser_of(teacher), f"/sessions/{past.id}/teachers/"
    assert f'href="{url}"' in browser.get(f"/sessions/{past.id}/").text
    assert f"Stand-in, {here.other_unit.name}" not in browser.get(url).text
    wrong = browser.post(url, {"instructors": [substitute.id]})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (400, {"why"})
    given = {"instructors": [substitute.id], "why": "<b>Ill</b>"}
    for _ in range(2):
        assert browser.post(url, given).headers["Location"] == f"/sessions/{past.id}/"
    page = browser.get(url).text
    for shown in ("Stand-in", "did not teach it", "&lt;b&gt;Ill"):
        assert shown in page
    assert "corrected</span>" in browser.get(f"/sessions/{past.id}/").text
