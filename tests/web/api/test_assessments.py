import json

import pytest

from stepdown.encounter.library import library
from stepdown.encounter.review.rubric import domains
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.practice.models import Encounter, Event, HandScore

SCORES = dict.fromkeys(domains(), 2)


@pytest.fixture
def me(here, program_of):
    return program_of(here.people[Role.TRAINEE])


@pytest.fixture
def teacher(here, program_of, strong):
    return program_of(strong(here.people[Role.INSTRUCTOR]))


@pytest.fixture
def running(here, me):
    pk = me.begin()
    me.act(pk, "say", text="Hello, I am Sam. What happened?")
    me.act(pk, "assess", arousal=7)
    Encounter.objects.filter(pk=pk).update(assessed=True, unit=here.unit, agency=here.agency)
    return pk


@pytest.fixture
def ended(me, running):
    me.act(running, "move", text="step_back")
    me.act(running, "say", text="It sounds like you are worn out.")
    me.act(running, "stop")
    return running


def test_an_assessment_is_watched_as_a_bystander_would(here, teacher, running):
    (item,) = teacher.get(f"/units/{here.unit.id}/assessments").json()["items"]
    assert (item["encounter"], item["ended_at"]) == (running, None)
    seen = teacher.get(f"/assessments/{running}").json()
    assert seen["cue"]
    assert [e["kind"] for e in seen["items"]][:2] == ["start", "say"]
    assert seen["happenings"]
    for hidden in ("probabilities", "codes", "trust", "arousal", "seed"):
        assert f'"{hidden}"' not in json.dumps(seen)


def test_watching_on_with_the_mark_is_noted_once(teacher, running):
    reads = Entry.objects.filter(outcome="read", record=running)
    seen = teacher.get(f"/assessments/{running}").json()
    for _ in range(3):
        mark = seen["mark"]
        seen = teacher.get(f"/assessments/{running}", since=seen["next"], mark=mark).json()
        assert seen["mark"] == mark
    assert seen["items"] == []
    assert reads.count() == 1
    teacher.get(f"/assessments/{running}")
    assert reads.count() == 2


def test_a_happening_is_set_off_once(teacher, running):
    happening = library()["bridge"].happenings[0].id
    path = f"/assessments/{running}/happenings"
    first, again = (teacher.post(path, {"happening": happening}) for _ in range(2))
    assert first.json()["events"] == again.json()["events"] != []
    assert teacher.post(path, {"happening": "rain"}).status_code == 400


def test_a_comment_is_read_by_its_trainee_and_by_nobody_before_they_have_scored(me, teacher, ended):
    made = teacher.post(f"/assessments/{ended}/comments", {"n": 1, "text": "A calm beginning."})
    assert made.status_code == 201
    (read,) = me.get(f"/encounters/{ended}/comments").json()["items"]
    assert read["text"] == "A calm beginning."
    assert teacher.get(f"/assessments/{ended}").json()["comments"] == [read]
    answer = teacher.post(f"/assessments/{ended}/comments", {"n": 999, "text": "x"})
    assert answer.status_code == 400


def test_scores_are_given_blind_once_and_then_compared(teacher, ended):
    path = f"/assessments/{ended}/score"
    assert teacher.get(path).status_code == 403
    assert teacher.get(f"/encounters/{ended}/review").status_code == 409
    first, again = (teacher.post(path, {"domains": SCORES}) for _ in range(2))
    assert first.json() == again.json()
    assert HandScore.objects.count() == 1
    other = {**SCORES, "listening": 3}
    assert teacher.post(path, {"domains": other}).status_code == 400
    compared = teacher.get(path).json()["items"]
    assert {c["own"] for c in compared} == {2}
    assert all(c["machine"] is not None for c in compared)
    assert all(c["says_machine"] for c in compared)
    assert teacher.get(f"/encounters/{ended}/review").status_code == 200


def test_nothing_is_scored_while_it_runs(teacher, running):
    answer = teacher.post(f"/assessments/{running}/score", {"domains": SCORES})
    assert answer.status_code == 400


@pytest.mark.parametrize("wrong", [{}, {**SCORES, "listening": 5}, {**SCORES, "luck": 1}])
def test_scores_that_do_not_fit_are_refused(teacher, ended, wrong):
    answer = teacher.post(f"/assessments/{ended}/score", {"domains": wrong})
    assert answer.status_code == 422
    assert HandScore.objects.count() == 0


def calls(program, pk):
    return [
        program.get(f"/assessments/{pk}"), program.get(f"/assessments/{pk}/score"),
        program.post(f"/assessments/{pk}/happenings", {"happening": "car"}),
        program.post(f"/assessments/{pk}/comments", {"n": 1, "text": "x"}),
        program.post(f"/assessments/{pk}/score", {"domains": SCORES}),
    ]  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_another_agency_is_told_nothing_of_an_assessment(
    elsewhere, running, program_of, strong, role
):
    before = Event.objects.count()
    other = program_of(strong(elsewhere.people[role]))
    for answer in [*calls(other, running), other.get(f"/encounters/{running}/comments")]:
        assert answer.status_code == 404
    assert Event.objects.count() == before


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.INSTRUCTOR])
def test_only_instructors_of_the_unit_assess(here, running, program_of, strong, role):
    other = program_of(strong(here.people[role]))
    for answer in calls(other, running):
        assert answer.status_code in (403, 404)


def test_practice_is_not_assessed_by_anybody(here, me, teacher):
    for answer in calls(teacher, me.begin()):
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.ANALYST, 200), (Role.COORDINATOR, 200), (Role.AGENCY_ADMIN, 200),
     (Role.TRAINEE, 403), (Role.INSTRUCTOR, 403), (Role.SITE_ADMIN, 404)],
)  # fmt: skip
def test_numbers_are_for_those_who_count(here, elsewhere, program_of, strong, role, status):
    program = program_of(strong(here.people[role]))
    answer = program.get(f"/agencies/{here.agency.id}/numbers")
    assert answer.status_code == status
    listed = [a["id"] for a in program.get("/agencies").json()["items"]]
    assert listed == ([str(here.agency.id)] if status == 200 else [])
    assert program.get(f"/agencies/{elsewhere.agency.id}/numbers").status_code == 404
