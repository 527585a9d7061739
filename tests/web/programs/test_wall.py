from datetime import timedelta

import pytest

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from stepdown.web.programs import attending, rescheduling, wall
from stepdown.web.programs.models import Attendance
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_session


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def session(here, teacher):
    return a_session(here, a_module(here.agency), NOW, teacher)


def code(teacher, session, now):
    return wall.shown(teacher.actor(), session.id, now)[1].code


def after(minutes):
    return NOW + timedelta(minutes=minutes)


def test_the_secret_is_made_of_the_key_of_the_site_and_long_enough(settings):
    before = wall.secret()
    assert len(before) >= 32
    settings.SECRET_KEY = "another key of the site, which is as long as it must be"
    assert wall.secret() != before


def test_a_code_is_there_from_15_minutes_before_until_the_end(teacher, session):
    assert code(teacher, session, after(-15) - timedelta(seconds=1)) == ""
    assert len(code(teacher, session, after(-15))) == 6
    assert len(code(teacher, session, after(119))) == 6
    assert code(teacher, session, after(120)) == ""


def test_another_code_comes_when_it_says(teacher, session):
    shown = wall.shown(teacher.actor(), session.id, after(2))[1]
    assert shown.until == after(5)
    assert code(teacher, session, shown.until - timedelta(seconds=1)) == shown.code
    assert code(teacher, session, shown.until) != shown.code


def test_each_session_has_codes_of_its_own(here, teacher, session):
    other = a_session(here, session.module, NOW, teacher)
    assert code(teacher, session, NOW) != code(teacher, other, NOW)


@pytest.mark.parametrize(
    ("minute", "counted"), [(-10, 120), (0, 120), (15, 120), (16, 104), (90, 30), (119.5, 1)]
)
def test_who_types_it_early_is_there_for_all_later_for_what_is_left(
    teacher, trainee, session, minute, counted
):
    now = after(minute)
    made = wall.attend(trainee.actor(), session.id, code(teacher, session, now), now)
    assert (made.minutes, made.how, made.recorded_by) == (counted, "code", trainee)
    assert made.recorded == max(now, session.start)


def test_capitals_and_spaces_do_not_matter(teacher, trainee, session):
    shown = code(teacher, session, NOW)
    wall.attend(trainee.actor(), session.id, f" {shown[:3]} {shown[3:]} ".lower(), NOW)
    assert session.attendance.count() == 1


def test_a_code_of_the_window_before_still_holds_and_an_older_one_does_not(
    teacher, trainee, session
):
    shown = code(teacher, session, NOW)
    with pytest.raises(InputProblems):
        wall.attend(trainee.actor(), session.id, shown, after(10))
    wall.attend(trainee.actor(), session.id, shown, after(9))


def test_typed_twice_there_is_one_entry(teacher, trainee, session):
    first = wall.attend(trainee.actor(), session.id, code(teacher, session, NOW), NOW)
    second = wall.attend(trainee.actor(), session.id, code(teacher, session, after(60)), after(60))
    assert (first.id, second.minutes) == (second.id, 120)
    assert Attendance.objects.count() == 1
    assert Entry.objects.filter(outcome="done", record=str(session.id)).count() == 1


def test_what_somebody_noted_is_not_overwritten_by_a_code(teacher, trainee, session):
    attending.note_present(teacher.actor(), session.id, {trainee.id: 20}, NOW)
    entry = wall.attend(trainee.actor(), session.id, code(teacher, session, NOW), NOW)
    assert (entry.how, entry.minutes) == ("list", 20)
    assert Attendance.objects.count() == 1


def test_who_typed_the_code_keeps_it_when_everybody_is_noted(teacher, trainee, session):
    wall.attend(trainee.actor(), session.id, code(teacher, session, after(60)), after(60))
    attending.note_present(teacher.actor(), session.id, None, after(120))
    assert session.attendance.get(person=trainee).minutes == 60


def test_guesses_are_counted_and_after_ten_even_the_right_code_is_refused(
    here, teacher, trainee, session
):
    for n in range(10):
        with pytest.raises(InputProblems, match="not the one on the wall"):
            wall.attend(trainee.actor(), session.id, f"CCCCC{n}", NOW)
    with pytest.raises(InputProblems, match="10 wrong codes"):
        wall.attend(trainee.actor(), session.id, code(teacher, session, NOW), NOW)
    assert not Attendance.objects.exists()
    other = a_session(here, session.module, NOW, teacher)
    wall.attend(trainee.actor(), other.id, code(teacher, other, NOW), NOW)
    assert wall.wrong_tries(teacher.actor(), session.id) == 0
    assert "CCCCC" not in str(list(Entry.objects.values("detail", "record", "action")))


@pytest.mark.parametrize("typed", ["", "\0", "\ud800", "x" * 100_000, "<script>", "ＣＤＦＧＨＪ"])
def test_hostile_codes_are_wrong_codes(trainee, session, typed):
    with pytest.raises(InputProblems):
        wall.attend(trainee.actor(), session.id, typed, NOW)


def test_the_right_code_at_the_wrong_time_or_for_what_was_cancelled_is_refused(
    teacher, trainee, session
):
    from stepdown.retention.wall_code import wall_code, window_of

    for minute, match in ((-16, "too early"), (120, "too late")):
        right = wall_code(wall.secret(), str(session.id), window_of(after(minute)))
        with pytest.raises(InputProblems, match=match):
            wall.attend(trainee.actor(), session.id, right, after(minute))
    shown = code(teacher, session, NOW)
    rescheduling.cancel(teacher.actor(), session.id, "A flood", NOW)
    with pytest.raises(InputProblems, match="cancelled"):
        wall.attend(trainee.actor(), session.id, shown, NOW)
    assert code(teacher, session, NOW) == ""


def test_who_is_not_expected_cannot_use_the_code_nor_a_trainee_see_it(
    here, elsewhere, teacher, trainee, session
):
    shown = code(teacher, session, NOW)
    side = Person.objects.create_user("s@here.example", "Side")
    RoleGrant.objects.create(
        person=side, role=Role.TRAINEE, agency=here.agency, unit=here.other_unit
    )
    for person, hidden in (
        (side, False), (teacher, False), (elsewhere.people[Role.TRAINEE], True),
    ):  # fmt: skip
        with pytest.raises(Refused) as error:
            wall.attend(person.actor(), session.id, shown, NOW)
        assert error.value.hidden == hidden
    for person in (trainee, here.people[Role.ANALYST], elsewhere.people[Role.COORDINATOR]):
        with pytest.raises(Refused):
            wall.shown(person.actor(), session.id, NOW)
    assert not Attendance.objects.exists()
