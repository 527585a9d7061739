import uuid

import pytest

from stepdown.encounter.log import event_of
from stepdown.encounter.review import review
from stepdown.web.policy import Role
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Encounter, Event, HandScore

PARTS = ("review", "skill", "log")


@pytest.fixture
def me(here, program_of):
    return program_of(here.people[Role.TRAINEE])


@pytest.fixture
def ended(me):
    pk = me.begin()
    me.act(pk, "say", text="Hello, I am Sam. What happened?")
    me.act(pk, "assess", arousal=7, risk="flight", wants="company")
    me.act(pk, "say", text="Calm down right now or else!")
    me.act(pk, "stop")
    return pk


@pytest.fixture
def assessed(ended, here):
    Encounter.objects.filter(pk=ended).update(assessed=True, unit=here.unit, agency=here.agency)
    return ended


def test_a_review_by_the_api_is_that_of_the_library(me, ended):
    given = me.get(f"/encounters/{ended}/review").json()
    made = review(stored(uuid.UUID(ended)))
    assert given["outcome"] == made.outcome == "stopped by the trainee"
    assert [d["score"] for d in given["rubric"]] == [d.score for d in made.rubric]
    assert [p["codes"] for p in given["timeline"]] == [list(p.codes) for p in made.timeline]
    assert given["readings"][0]["arousal_given"] == 7


def test_a_log_is_what_the_command_line_reads(me, ended):
    answer = me.get(f"/encounters/{ended}/log")
    assert answer["Content-Type"] == "application/x-ndjson"
    lines = answer.content.splitlines()
    assert [event_of(line) for line in lines] == list(stored(uuid.UUID(ended)))


def test_what_was_shown_stays_when_the_words_are_gone(me, ended):
    before = me.get(f"/encounters/{ended}/skill").json()
    row = Encounter.objects.get(pk=ended)
    Encounter.objects.filter(pk=ended).update(erased_at=row.ended_at, n_events=0)
    assert me.get(f"/encounters/{ended}/skill").json() == before
    for gone in ("review", "log"):
        assert me.get(f"/encounters/{ended}/{gone}").status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_nothing_hidden_is_told_before_the_end(me, part):
    assert me.get(f"/encounters/{me.begin()}/{part}").status_code == 409


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("role", [r for r in Role if r is not Role.TRAINEE])
def test_practice_is_private(here, ended, program_of, strong, role, part):
    answer = program_of(strong(here.people[role])).get(f"/encounters/{ended}/{part}")
    assert answer.status_code in (403, 404)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("role", list(Role))
def test_nobody_of_another_agency_reads_an_assessment(
    elsewhere, assessed, program_of, strong, role, part
):
    answer = program_of(strong(elsewhere.people[role])).get(f"/encounters/{assessed}/{part}")
    assert answer.status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_whoever_assesses_reads_the_machines_scores_after_giving_their_own(
    here, assessed, program_of, strong, part
):
    instructor = strong(here.people[Role.INSTRUCTOR])
    program = program_of(instructor)
    assert program.get(f"/encounters/{assessed}/{part}").status_code == 409
    HandScore.objects.create(encounter_id=assessed, by=here.people[Role.COORDINATOR], domains={})
    assert program.get(f"/encounters/{assessed}/{part}").status_code == 409
    HandScore.objects.create(encounter_id=assessed, by=instructor, domains={})
    assert program.get(f"/encounters/{assessed}/{part}").status_code == 200
    assert Event.objects.filter(encounter=assessed).exists()


@pytest.mark.parametrize("part", PARTS)
def test_a_key_for_practice_alone_reads_no_review(here, ended, program_of, part):
    program = program_of(here.people[Role.TRAINEE], "practice")
    assert program.get(f"/encounters/{ended}/{part}").status_code == 403
