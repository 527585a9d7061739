from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.web.policy import Role
from stepdown.web.practice.models import Encounter, Event, Skill
from stepdown.web.programs.models import Attendance
from stepdown.web.records import agreeing, examining, rehearsed
from stepdown.web.records.models import PractiseCounts
from stepdown.web.records.rehearsed import rehearsals
from tests.web.conftest import NOW
from tests.web.practice.played import ended
from tests.web.records.refreshed import (
    RUBRIC,
    examined,
    module,
    played,
    scored_by_hand,
    taught,
    trainees,
)

DAY = date(2026, 1, 12)
AT = datetime(2026, 1, 12, 12, tzinfo=UTC)


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def told(here, **named):
    return {
        (r.person, r.technique, r.day, r.kind, r.score) for r in rehearsals(here.agency, **named)
    }


def test_who_was_at_half_a_session_was_taught_what_its_module_names(here, trainee):
    half, less = trainees(here.unit, 2)
    held = module(here.agency, "talk", ["listening", "clarity"])
    taught([trainee], held, DAY)
    taught([half], held, DAY, minutes=60)
    taught([less], held, DAY, minutes=59)
    taught([less], held, DAY, cancelled_at=NOW)
    assert told(here) == {
        (str(p.id), t, DAY, "taught", None)
        for p in (trainee, half) for t in ("listening", "clarity")
    }  # fmt: skip


def test_a_correction_counts_and_what_it_replaces_does_not(here, trainee):
    session = taught([trainee], module(here.agency, "talk", ["listening"]), DAY)
    first = Attendance.objects.get(session=session)
    Attendance.objects.create(
        session=session, person=trainee, minutes=0, how="list", recorded=NOW, supersedes=first,
        why="was not there",
    )  # fmt: skip
    assert told(here) == set()


def test_techniques_that_a_curriculum_declares_beyond_the_rubric_are_left_out(here, trainee):
    taught([trainee], module(here.agency, "plan", ["planning", "options"]), DAY)
    assert {technique for _, technique, *_ in told(here)} == {"options"}


def test_a_day_is_that_of_the_agency(here, trainee):
    here.agency.zone = "America/Los_Angeles"
    here.agency.save()
    taught([trainee], module(here.agency, "talk", ["listening"]), DAY, at=time(3))
    played(trainee, here.unit, datetime(2026, 1, 20, 3, tzinfo=UTC), 2, assessed=True)
    days = {day for _, technique, day, *_ in told(here) if technique == "listening"}
    assert days == {date(2026, 1, 11), date(2026, 1, 19)}


def test_an_assessment_counts_by_the_mean_of_what_instructors_gave_else_by_the_machine(
    here, trainee
):
    played(trainee, here.unit, AT, 1, assessed=True)
    row = played(trainee, here.unit, AT + timedelta(days=7), 1, assessed=True)
    scored_by_hand(row, here.people[Role.INSTRUCTOR], 3)
    scored_by_hand(row, here.people[Role.COORDINATOR], 4)
    found = {(day, kind, score) for _, _, day, kind, score in told(here)}
    assert found == {(DAY, "tested", 0.25), (DAY + timedelta(days=7), "tested", 0.875)}


def test_an_assessment_that_says_nothing_or_runs_does_not_count(here, trainee):
    played(trainee, here.unit, AT, None, assessed=True)
    row = played(trainee, here.unit, AT, 3, assessed=True)
    Encounter.objects.filter(pk=row.pk).update(ended_at=None)
    assert told(here) == set()


def test_an_exam_counts_until_it_is_taken_back(here, trainee):
    exam = examined(trainee, here.unit, DAY, listening=3, planning=4)
    assert told(here) == {(str(trainee.id), "listening", DAY, "tested", 0.75)}
    examining.take_back(here.people[Role.INSTRUCTOR].actor(), exam.id, NOW)
    assert told(here) == set()


def test_practice_does_not_count_unless_its_person_agreed(here, trainee):
    played(trainee, here.unit, AT, 3)
    assert told(here) == set()


def test_practice_counts_from_the_moment_of_agreeing_on_without_its_scores(here, trainee):
    agreeing.agree(trainee.actor(), here.agency.id, AT)
    played(trainee, here.unit, AT - timedelta(days=1), 3)
    played(trainee, here.unit, AT + timedelta(days=1), 3)
    day = DAY + timedelta(days=1)
    assert told(here) == {(str(trainee.id), t, day, "practised", None) for t in RUBRIC}


def test_taken_back_no_practice_counts_not_even_earlier(here, trainee):
    agreeing.agree(trainee.actor(), here.agency.id, AT)
    played(trainee, here.unit, AT + timedelta(days=1), 3)
    agreeing.no_longer(trainee.actor(), here.agency.id, AT + timedelta(days=2))
    assert told(here) == set()
    agreeing.agree(trainee.actor(), here.agency.id, AT + timedelta(days=3))
    assert told(here) == set()
    assert PractiseCounts.objects.count() == 2


def test_agreeing_in_one_agency_counts_nothing_in_another(here, elsewhere, trainee):
    PractiseCounts.objects.create(agency=elsewhere.agency, person=trainee, since=AT)
    played(trainee, here.unit, AT + timedelta(days=1), 3)
    assert told(here) == set()


def test_what_another_person_agreed_to_does_not_count_mine(here, trainee):
    other = trainees(here.unit, 1)[0]
    agreeing.agree(other.actor(), here.agency.id, AT)
    played(trainee, here.unit, AT + timedelta(days=1), 3)
    assert told(here) == set()


def test_second_tries_and_practice_that_tells_nothing_do_not_count(here, trainee):
    agreeing.agree(trainee.actor(), here.agency.id, AT)
    first = played(trainee, here.unit, AT + timedelta(days=1), None)
    played(trainee, here.unit, AT + timedelta(days=2), 3, parent=first, parent_n=1)
    assert told(here) == set()


def test_practice_whose_words_were_deleted_still_counts(here, trainee):
    agreeing.agree(trainee.actor(), here.agency.id, AT)
    played(trainee, here.unit, AT + timedelta(days=1), 3, erased_at=NOW)
    assert len(told(here)) == len(RUBRIC)


def test_what_was_not_derived_yet_is_derived_when_asked(here, trainee):
    agreeing.agree(trainee.actor(), here.agency.id, AT)
    row = ended(trainee)
    Skill.objects.filter(encounter=row).delete()
    assert told(here) == set()
    assert told(here, work_out=True)
    assert Skill.objects.filter(encounter=row).exists()


def test_all_assessments_are_derived_in_batches_the_earliest_first(here, trainee, monkeypatch):
    rows = [ended(trainee), *(played(trainee, here.unit, AT, 2) for _ in range(4))]
    for n, row in enumerate(rows):
        Encounter.objects.filter(pk=row.pk).update(
            assessed=True, ended_at=AT - timedelta(days=n)
        )  # fmt: skip
    Skill.objects.all().delete()
    given, derive = [], rehearsed.derive

    def derived(batch):
        batch = list(batch)
        given.append({row.pk for row in batch})
        derive(batch)

    monkeypatch.setattr(rehearsed, "derive", derived)
    monkeypatch.setattr(rehearsed, "AT_ONCE", 2)
    assert told(here, work_out=True)
    ids = [row.pk for row in reversed(rows)]
    assert given == [set(ids[:2]), set(ids[2:4]), set(ids[4:])]
    assert Skill.objects.get().encounter == rows[0]
    assert rehearsed.unread(here.agency) == 4
    scored_by_hand(rows[1], here.people[Role.INSTRUCTOR], 3)
    assert rehearsed.unread(here.agency) == 3
    assert rehearsed.unread(here.agency, [trainees(here.unit, 1)[0].id]) == 0


def test_one_that_cannot_be_read_hides_none_of_the_others(here, trainee):
    good, bad = ended(trainee), ended(trainee)
    Encounter.objects.update(assessed=True)
    Skill.objects.all().delete()
    Event.objects.create(encounter=bad, n=bad.n_events, line="{}")
    assert told(here, work_out=True)
    assert Skill.objects.get().encounter == good
    assert rehearsed.unread(here.agency) == 1


def test_nothing_of_another_agency_or_of_other_people_is_returned(here, elsewhere, trainee):
    other = trainees(here.unit, 1)[0]
    stranger = elsewhere.people[Role.TRAINEE]
    for place, person in ((here, trainee), (here, other), (elsewhere, stranger)):
        name = f"talk-{person.id.hex[:8]}"
        taught([person], module(place.agency, name, ["listening"]), DAY)
        examined(person, place.unit, DAY, listening=2)
        played(person, place.unit, AT, 2, assessed=True)
    assert {row[0] for row in told(here)} == {str(trainee.id), str(other.id)}
    assert {row[0] for row in told(here, people=[other.id])} == {str(other.id)}


def test_a_thousand_people_take_no_more_queries_than_one(here):
    held = module(here.agency, "talk", ["listening"])

    def asked_for(n):
        people = trainees(here.unit, n)
        taught(people, held, DAY)
        for person in people:
            agreeing.agree(person.actor(), here.agency.id, AT)
            played(person, here.unit, AT + timedelta(days=1), 2)
            played(person, here.unit, AT, 2, assessed=True)
            examined(person, here.unit, DAY, listening=2)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(rehearsals(here.agency, work_out=True)) >= n
        return len(queries)

    assert asked_for(1) == asked_for(12)
