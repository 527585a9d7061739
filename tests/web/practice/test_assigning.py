import uuid
from datetime import date, timedelta

import pytest

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.practice import assigned, assigning, play
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.models import Assignee, Assignment, Encounter, ScenarioFile
from tests.web.conftest import NOW

DUE = date(2026, 3, 9)
STOP = read_deed("stop", {})


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR].actor()


def give(teacher, here, *, assessed=False, people=None, due=DUE, note="", key=None):
    return assigning.assign(
        teacher, here.unit.id, "bridge", people, due, assessed, note, NOW, key=key
    )


def another(here, name="Robin", unit=None):
    person = Person.objects.create_user(f"{name.lower()}@here.example", name)
    RoleGrant.objects.create(
        person=person, role=Role.TRAINEE, agency=here.agency, unit=unit or here.unit
    )
    return person


def test_the_whole_unit_is_those_who_are_trainees_of_it_now(here, teacher, trainee):
    robin = another(here)
    another(here, "Kim", here.other_unit)
    gone = another(here, "Alex")
    gone.is_active = False
    gone.save()
    made = give(teacher, here)
    another(here, "Late")
    assert set(made.people.all()) == {trainee, robin}


def test_people_of_another_unit_or_agency_cannot_be_assigned(here, elsewhere, teacher):
    for person in (
        another(here, "Kim", here.other_unit), elsewhere.people[Role.TRAINEE],
        here.people[Role.ANALYST],
    ):  # fmt: skip
        with pytest.raises(InputProblems, match="not trainees of the unit"):
            give(teacher, here, people=[person.id])
    assert not Assignment.objects.exists()


def test_everything_wrong_is_said_at_once(here, teacher):
    with pytest.raises(InputProblems) as raised:
        assigning.assign(
            teacher, here.unit.id, "no-such", [], NOW.date() - timedelta(days=1), False,
            "x" * 401, NOW,
        )  # fmt: skip
    assert [p.where for p in raised.value.problems] == ["scenario", "due", "note", "people"]


def test_sent_twice_it_is_assigned_once(here, teacher):
    key = uuid.uuid4()
    assert give(teacher, here, key=key) == give(teacher, here, key=key)
    assert Assignment.objects.count() == 1


def test_a_key_of_another_agency_shows_nothing_of_it(here, elsewhere, teacher):
    key = uuid.uuid4()
    give(elsewhere.people[Role.INSTRUCTOR].actor(), elsewhere, key=key)
    with pytest.raises(InputProblems, match="a new key"):
        give(teacher, here, key=key)


def test_only_who_instructs_or_coordinates_the_unit_assigns(here, elsewhere):
    allowed = {Role.INSTRUCTOR, Role.COORDINATOR}
    for role, person in here.people.items():
        if role in allowed:
            give(person.actor(), here)
        else:
            with pytest.raises(Refused):
                give(person.actor(), here)
    for person in elsewhere.people.values():
        with pytest.raises(Refused) as raised:
            give(person.actor(), here)
        assert raised.value.hidden
    other = Person.objects.create_user("o@here.example", "Other")
    RoleGrant.objects.create(
        person=other, role=Role.INSTRUCTOR, agency=here.agency, unit=here.other_unit
    )
    with pytest.raises(Refused):
        give(other.actor(), here)
    assert Assignment.objects.count() == 2


def test_a_scenario_of_another_agency_cannot_be_assigned(here, elsewhere):
    both = here.people[Role.INSTRUCTOR]
    RoleGrant.objects.create(
        person=both, role=Role.INSTRUCTOR, agency=elsewhere.agency, unit=elsewhere.unit
    )
    from tests.web.practice.malformed import sound

    file = ScenarioFile.objects.create(
        agency=elsewhere.agency, name="bridge", digest="0" * 16, text=sound()
    )
    with pytest.raises(InputProblems, match="a scenario of the library"):
        assigning.assign(
            both.actor(), here.unit.id, str(file.id), None, DUE, False, "", NOW
        )  # fmt: skip
    assert str(file.id) in {
        item.key for item in assigning.scenarios_for(both.actor(), elsewhere.unit)
    }


def test_it_is_noted_without_names_or_words(here, teacher, trainee):
    made = give(teacher, here, note="read this first, Sam")
    entry = Entry.objects.get(action="assign a scenario", outcome="done")
    assert entry.record == str(made.id)
    assert entry.detail == {"scenario": "bridge", "assessed": False, "people": 1}


def test_who_has_it_begins_it_and_its_encounter_counts_for_the_unit(here, teacher, trainee):
    made = give(teacher, here)
    row = assigned.begin(trainee.actor(), made.id, "turn", announced=False, now=NOW)
    assert (row.assignment_id, row.unit_id, row.assessed) == (made.id, here.unit.id, False)
    again = assigned.begin(trainee.actor(), made.id, "turn", announced=False, now=NOW)
    assert again == row


def test_nobody_else_does_it(here, elsewhere, teacher, trainee):
    robin = another(here)
    made = give(teacher, here, people=[trainee.id])
    for person in (robin, *here.people.values(), *elsewhere.people.values()):
        if person != trainee:
            with pytest.raises(Refused):
                assigned.open_assignment(person.actor(), made.id, NOW)
    with pytest.raises(Missing):
        assigned.open_assignment(trainee.actor(), uuid.uuid4(), NOW)
    assert assigned.open_assignment(trainee.actor(), made.id, NOW) == made


def test_who_left_the_unit_does_it_no_more(here, teacher, trainee):
    made = give(teacher, here)
    trainee.grants.update(unit=here.other_unit)
    with pytest.raises(Refused):
        assigned.begin(Person.objects.get(pk=trainee.pk).actor(), made.id, "turn",
                       announced=True, now=NOW)  # fmt: skip


def test_an_assessment_is_announced_before_it_starts(here, teacher, trainee):
    made = give(teacher, here, assessed=True)
    with pytest.raises(InputProblems, match="that you know this is an assessment"):
        assigned.begin(trainee.actor(), made.id, "turn", announced=False, now=NOW)
    assert not Encounter.objects.exists()
    row = assigned.begin(trainee.actor(), made.id, "turn", announced=True, now=NOW)
    assert row.assessed
    assert Entry.objects.filter(action="assessment acknowledged", record=made.id).count() == 1


def test_an_assessment_is_begun_once_unless_it_is_allowed_again(here, teacher, trainee):
    made = give(teacher, here, assessed=True)
    actor = trainee.actor()
    row = assigned.begin(actor, made.id, "turn", announced=True, now=NOW)
    assert assigned.begin(actor, made.id, "turn", announced=True, now=NOW) == row
    play.do(actor, row.id, uuid.uuid4(), STOP, NOW)
    with pytest.raises(InputProblems, match="can allow you to begin it again"):
        assigned.begin(actor, made.id, "turn", announced=True, now=NOW)
    assert assigned.task(actor, made.id, NOW).spent
    assigning.allow_again(teacher, made.id, trainee.id, NOW)
    second = assigned.begin(actor, made.id, "turn", announced=True, now=NOW)
    play.do(actor, second.id, uuid.uuid4(), STOP, NOW)
    with pytest.raises(InputProblems):
        assigned.begin(actor, made.id, "turn", announced=True, now=NOW)
    assert Encounter.objects.filter(assessed=True).count() == 2


def test_it_is_not_allowed_again_before_it_was_begun_nor_by_whoever_has_it(here, teacher, trainee):
    made = give(teacher, here, assessed=True)
    with pytest.raises(InputProblems, match="they can begin it"):
        assigning.allow_again(teacher, made.id, trainee.id, NOW)
    with pytest.raises(Refused):
        assigning.allow_again(trainee.actor(), made.id, trainee.id, NOW)


def test_a_beginning_that_fails_is_not_counted(here, teacher, trainee):
    made = give(teacher, here, assessed=True)
    with pytest.raises(InputProblems, match="the pace"):
        assigned.begin(trainee.actor(), made.id, "hurried", announced=True, now=NOW)
    assert Assignee.objects.get().begun == 0


def test_late_is_allowed_and_told(here, teacher, trainee):
    made, later = give(teacher, here), NOW + timedelta(days=8)
    assert not assigned.task(trainee.actor(), made.id, NOW + timedelta(days=7)).late
    assert assigned.task(trainee.actor(), made.id, later).late
    row = assigned.begin(trainee.actor(), made.id, "turn", announced=False, now=later)
    play.do(trainee.actor(), row.id, uuid.uuid4(), STOP, later)
    [item] = assigning.progress(teacher, made.id)[1]
    assert (item.done_at, item.late) == (later, True)


def test_withdrawn_it_stays_to_be_seen_and_is_begun_no_more(here, teacher, trainee):
    made = give(teacher, here)
    assert [t.assignment for t in assigned.waiting(trainee.actor(), NOW)] == [made]
    assigning.withdraw(teacher, made.id, NOW)
    assigning.withdraw(teacher, made.id, NOW + timedelta(days=1))
    with pytest.raises(InputProblems, match="withdrawn on 2026-03-02"):
        assigned.begin(trainee.actor(), made.id, "turn", announced=False, now=NOW)
    assert assigned.waiting(trainee.actor(), NOW) == []
    assert [row for row, *_ in assigning.given_in(here.unit)] == [made]
    assert Entry.objects.filter(action="withdraw an assignment").count() == 1


def test_who_made_it_and_instructs_no_more_neither_withdraws_nor_reads_it(here, teacher):
    made = give(teacher, here)
    person = here.people[Role.INSTRUCTOR]
    person.grants.all().delete()
    RoleGrant.objects.create(person=person, role=Role.TRAINEE, agency=here.agency, unit=here.unit)
    for act in (lambda a: assigning.withdraw(a, made.id, NOW),
                lambda a: assigning.progress(a, made.id)):  # fmt: skip
        with pytest.raises(Refused):
            act(Person.objects.get(pk=person.pk).actor())
    assigning.withdraw(here.people[Role.COORDINATOR].actor(), made.id, NOW)


def test_reading_who_has_done_it_is_noted_also_for_who_made_it(here, teacher):
    made = give(teacher, here)
    assigning.progress(teacher, made.id)
    assert Entry.objects.filter(outcome="read", record=made.id, actor=teacher.id).count() == 1


def test_a_withdrawn_scenario_is_begun_no_more(here, teacher, trainee):
    from tests.web.practice.malformed import sound

    file = ScenarioFile.objects.create(
        agency=here.agency, name="bridge", digest="0" * 16, text=sound()
    )
    made = assigning.assign(
        teacher, here.unit.id, str(file.id), None, DUE, False, "", NOW
    )  # fmt: skip
    ScenarioFile.objects.update(withdrawn_at=NOW)
    with pytest.raises(InputProblems, match="tell whoever assigned it"):
        assigned.begin(trainee.actor(), made.id, "turn", announced=False, now=NOW)


def test_what_waits_costs_as_many_questions_for_many_as_for_one(here, teacher, trainee):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    actor, counts = trainee.actor(), []
    for _ in range(2):
        give(teacher, here)
        with CaptureQueriesContext(connection) as asked:
            assigned.waiting(actor, NOW)
        counts.append(len(asked))
        give(teacher, here)
        give(teacher, here, assessed=True)
    assert counts[0] == counts[1]
