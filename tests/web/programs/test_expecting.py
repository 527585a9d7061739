from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.log import note
from stepdown.web.policy import Role, Thing
from stepdown.web.programs import attending, exempting, expecting, wall
from stepdown.web.programs.models import Attendance, Instructing
from stepdown.web.records.models import Member
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_session, trainees

LATER = NOW + timedelta(minutes=130)
LONG_AGO = NOW - timedelta(days=400)


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def session(here, teacher):
    return a_session(here, a_module(here.agency), NOW, teacher)


@pytest.fixture
def four(here):
    made = trainees(here, 4)
    RoleGrant.objects.update(since=LONG_AGO)
    return made


def everybody(session, by):
    attending.note_present(by.actor(), session.id, None, LATER)
    return set(session.attendance.values_list("person__name", flat=True))


def exempt(here, person, start, until=None):
    boss = here.people[Role.COORDINATOR].actor()
    return exempting.exempt(boss, here.agency.id, person.id, "leave", start, until, "", NOW)


def test_who_is_exempt_that_day_is_not_noted_with_everybody_but_may_be_by_name(
    here, session, teacher, four
):
    exempt(here, four[0], NOW.date(), NOW.date())
    exempt(here, four[1], date(2026, 1, 1), NOW.date() - timedelta(days=1))
    exempt(here, four[2], NOW.date() + timedelta(days=1))
    boss = here.people[Role.COORDINATOR].actor()
    exempting.withdraw(boss, exempt(here, four[3], NOW.date()).id, NOW)
    assert everybody(session, teacher) == {"Here trainee", "T 0001", "T 0002", "T 0003"}
    attending.note_present(teacher.actor(), session.id, {four[0].id: 60}, LATER)
    assert session.attendance.filter(person=four[0]).exists()


def test_the_day_of_an_exemption_is_that_of_the_agencys_clocks(here, session, teacher, four):
    here.agency.zone = "Pacific/Auckland"
    here.agency.save()
    session.start = datetime(2026, 3, 1, 20, tzinfo=UTC)  # the second of March there
    session.save(update_fields=["start"])
    exempt(here, four[0], date(2026, 3, 1), date(2026, 3, 1))
    exempt(here, four[1], date(2026, 3, 2), date(2026, 3, 2))
    assert {"T 0000", "T 0001"} & everybody(session, teacher) == {"T 0000"}


def test_who_began_on_a_later_day_is_not_noted_with_everybody(here, session, teacher, four):
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    RoleGrant.objects.filter(person=four[0]).update(since=midnight)
    RoleGrant.objects.filter(person=four[1]).update(since=midnight - timedelta(seconds=1))
    RoleGrant.objects.filter(person=four[2]).update(since=midnight)
    RoleGrant.objects.create(person=four[2], role=Role.TRAINEE, agency=here.agency, since=LONG_AGO)
    assert everybody(session, teacher) == {"Here trainee", "T 0001", "T 0002", "T 0003"}


def test_who_was_moved_to_the_unit_by_a_later_roster_is_not_noted_with_everybody(
    here, session, teacher, four
):
    boss, thing = here.people[Role.COORDINATOR].actor(), Thing(agency=here.agency.id)

    def moved(person, left, unit, at):
        detail = {"from": [str(left.id)], "unit": str(unit.id)}
        note(boss, "moved by roster", "person", person.id, thing, detail=detail, now=at)

    moved(four[0], here.other_unit, here.unit, NOW + timedelta(days=1))
    moved(four[1], here.other_unit, here.unit, NOW - timedelta(days=1))
    moved(four[2], here.unit, here.other_unit, NOW + timedelta(days=1))
    moved(four[2], here.other_unit, here.unit, NOW + timedelta(days=2))
    assert everybody(session, teacher) == {"Here trainee", "T 0001", "T 0002", "T 0003"}


def test_nobody_notes_or_corrects_themselves_by_the_list(here, session, teacher, four):
    RoleGrant.objects.create(
        person=teacher, role=Role.TRAINEE, agency=here.agency, unit=here.unit, since=LONG_AGO
    )
    assert teacher.name not in everybody(session, teacher)
    with pytest.raises(InputProblems, match="yourself"):
        attending.note_present(teacher.actor(), session.id, {teacher.id: 120}, LATER)
    boss = here.people[Role.COORDINATOR]
    attending.note_present(boss.actor(), session.id, {teacher.id: 60}, LATER)
    entry = session.attendance.get(person=teacher)
    with pytest.raises(InputProblems, match="yourself"):
        attending.correct(teacher.actor(), session.id, entry.id, 120, "All of it", LATER)
    attending.correct(boss.actor(), session.id, entry.id, 120, "All of it", LATER)
    assert attending.there(session) == 6


def test_whoever_teaches_it_is_not_noted_with_everybody_but_may_be_by_name(
    here, session, teacher, four, browser_of
):
    Instructing.objects.create(session=session, person=four[0])
    browser = browser_of(teacher)
    page = browser.get(reverse("session_list", kwargs={"pk": session.id})).text
    assert page.count(">teaches this session<") == 1
    assert everybody(session, teacher) == {"Here trainee", "T 0001", "T 0002", "T 0003"}
    attending.note_present(teacher.actor(), session.id, {four[0].id: 60}, LATER)
    assert session.attendance.get(person=four[0]).minutes == 60


def test_who_moved_left_or_came_from_another_unit_is_noted_by_name(here, session, teacher, four):
    side = Person.objects.create_user("s@here.example", "Side")
    grants = RoleGrant.objects.filter(person__in=four)
    grants.filter(person=four[0]).update(unit=here.other_unit)
    grants.filter(person=four[1]).update(suspended_at=NOW)
    grants.filter(person=four[2]).delete()
    Member.objects.create(agency=here.agency, person=four[2], number="77-b", left=NOW.date())
    RoleGrant.objects.create(
        person=side, role=Role.TRAINEE, agency=here.agency, unit=here.other_unit
    )
    people = [*four[:3], side]
    minutes = {p.id: 60 for p in people}
    assert attending.note_present(teacher.actor(), session.id, minutes, LATER) == 4
    assert attending.note_present(teacher.actor(), session.id, minutes, LATER) == 0


def test_somebody_else_is_found_by_name_or_number_and_only_in_the_agency(
    here, elsewhere, session, four
):
    side = Person.objects.create_user("s@here.example", "Side Trained")
    RoleGrant.objects.create(
        person=side, role=Role.TRAINEE, agency=here.agency, unit=here.other_unit
    )
    gone = Person.objects.create_user("g@here.example", "Gone Away")
    Member.objects.create(agency=here.agency, person=gone, number="77-b", left=NOW.date())
    foreign = Person.objects.create_user("f@there.example", "Side Foreign")
    RoleGrant.objects.create(
        person=foreign, role=Role.TRAINEE, agency=elsewhere.agency, unit=elsewhere.unit
    )
    Member.objects.create(agency=elsewhere.agency, person=foreign, number="77-b")

    def found(sought):
        rows = expecting.somebody_else(session, sought)
        return [(row.person.name, row.number, row.units) for row in rows]

    assert found("side") == [("Side Trained", "", ("Here 2",))]
    assert found("77-B") == [("Gone Away", "77-b", ())]
    assert found("T 00") == []
    assert found("S") == found("") == found("foreign") == []


def test_a_name_that_many_have_gives_one_more_than_is_shown(here, session):
    people = trainees(here, 30, "same")
    RoleGrant.objects.filter(person__in=people).update(unit=here.other_unit)
    assert len(expecting.somebody_else(session, "same")) == expecting.MOST_FOUND + 1


def test_an_entry_is_named_by_chance_so_that_who_was_erased_here_can_be_noted_again(
    here, elsewhere, session, teacher, four
):
    from stepdown.web.privacy.erase import erase_here

    boss, person = here.people[Role.AGENCY_ADMIN].actor(), four[0]
    RoleGrant.objects.create(
        person=person, role=Role.TRAINEE, agency=elsewhere.agency, unit=elsewhere.unit
    )
    for by_code in (False, True, False):
        RoleGrant.objects.get_or_create(
            person=person, role=Role.TRAINEE, agency=here.agency, unit=here.unit
        )
        if by_code:
            shown = wall.shown(teacher.actor(), session.id, NOW)[1].code
            wall.attend(person.actor(), session.id, shown, NOW)
        else:
            attending.note_present(teacher.actor(), session.id, {person.id: 60}, LATER)
        erase_here(boss, person.pk, here.agency.pk, LATER)
    assert session.attendance.count() == 3
    assert {pk.version for pk in Attendance.objects.values_list("pk", flat=True)} == {4}


def test_who_teaches_a_session_of_another_unit_notes_it_while_they_instruct(here, session, four):
    from stepdown.web.permission import Refused

    guest = Person.objects.create_user("guest@here.example", "Guest")
    role = RoleGrant.objects.create(
        person=guest, role=Role.INSTRUCTOR, agency=here.agency, unit=here.other_unit
    )
    with pytest.raises(Refused):
        attending.note_present(guest.actor(), session.id, {four[0].id: 60}, LATER)
    Instructing.objects.create(session=session, person=guest)
    assert attending.note_present(guest.actor(), session.id, {four[0].id: 60}, LATER) == 1
    assert wall.shown(guest.actor(), session.id, NOW)[1].code
    role.delete()
    with pytest.raises(Refused):
        attending.note_present(guest.actor(), session.id, {four[1].id: 60}, LATER)


def test_who_teaches_it_cannot_type_its_code_and_another_who_instructs_may(
    here, session, teacher, four
):
    from stepdown.web.permission import Refused

    guest = Person.objects.create_user("guest@here.example", "Guest")
    for person in (teacher, guest):
        RoleGrant.objects.create(
            person=person, role=Role.TRAINEE, agency=here.agency, unit=here.unit
        )
    RoleGrant.objects.create(person=guest, role=Role.INSTRUCTOR, agency=here.agency, unit=here.unit)
    shown = wall.shown(teacher.actor(), session.id, NOW)[1].code
    with pytest.raises(Refused):
        wall.attend(teacher.actor(), session.id, shown, NOW)
    assert wall.attend(guest.actor(), session.id, shown, NOW).minutes == 120
