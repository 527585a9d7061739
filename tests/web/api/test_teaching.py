import uuid
from datetime import UTC, datetime, timedelta

import pytest

from stepdown.web.policy import Role
from stepdown.web.practice.models import Assignment
from tests.web.conftest import NOW
from tests.web.practice.played import ended

DUE = (datetime.now(UTC).date() + timedelta(days=7)).isoformat()


@pytest.fixture
def teacher(here, program_of, strong):
    return program_of(strong(here.people[Role.INSTRUCTOR]))


def body(**given):
    return {"scenario": "bridge", "due": DUE, "note": "Take your time.", **given}


def test_a_teacher_assigns_sees_who_has_done_it_and_withdraws(here, teacher):
    (unit,) = teacher.get("/units").json()["items"]
    assert unit["id"] == str(here.unit.id)
    (person,) = teacher.get(f"/units/{unit['id']}/people").json()["items"]
    made = teacher.post(f"/units/{unit['id']}/assignments", body(people=[person["id"]]))
    assert made.status_code == 201
    pk = made.json()["id"]
    (listed,) = teacher.get(f"/units/{unit['id']}/assignments").json()["items"]
    assert (listed["id"], listed["given"], listed["done"]) == (pk, 1, 0)
    (progress,) = teacher.get(f"/assignments/{pk}/progress").json()["items"]
    assert (progress["person"], progress["begun_at"]) == (person["id"], None)
    assert teacher.post(f"/assignments/{pk}/withdraw").json()["withdrawn_at"]


def test_who_administers_is_told_who_is_in_a_unit_and_nothing_of_their_practice(
    here, teacher, program_of, strong
):
    trainee = here.people[Role.TRAINEE]
    ended(trainee)
    path = f"/units/{here.unit.id}/people"
    (told,) = teacher.get(path).json()["items"]
    assert (told["times"], told["last"][:10]) == (1, NOW.date().isoformat())
    (told,) = program_of(strong(here.people[Role.AGENCY_ADMIN])).get(path).json()["items"]
    assert told == {"id": str(trainee.id), "name": trainee.name, "times": None, "last": None}


def test_an_assignment_sent_twice_with_one_key_is_made_once(here, teacher):
    key, path = uuid.uuid4(), f"/units/{here.unit.id}/assignments"
    first, again = (teacher.post(path, body(), key=key) for _ in range(2))
    assert first.json() == again.json()
    assert Assignment.objects.count() == 1
    assert teacher.post(path, body(note="Something else"), key=key).status_code == 409


def test_a_key_never_meets_an_assignment_of_somebody_else(here, elsewhere, teacher):
    theirs = Assignment.objects.create(
        unit=elsewhere.unit, scenario="bridge", due=DUE, by=here.people[Role.INSTRUCTOR]
    )
    made = teacher.post(f"/units/{here.unit.id}/assignments", body(), key=theirs.id)
    assert made.status_code == 201
    assert made.json()["id"] != str(theirs.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"due": "2001-01-01"}, {"scenario": "nothing"}, {"people": [str(uuid.uuid4())]},
        {"note": "\u202e"},
    ],
)  # fmt: skip
def test_what_cannot_be_assigned_is_refused_with_a_reason(here, teacher, wrong):
    answer = teacher.post(f"/units/{here.unit.id}/assignments", body(**wrong))
    assert answer.status_code == 400
    assert answer.json()["problems"]
    assert Assignment.objects.count() == 0


def paths(here):
    made = Assignment.objects.create(unit=here.unit, scenario="bridge", due=DUE)
    return [
        ("get", f"/units/{here.unit.id}/people"), ("get", f"/units/{here.unit.id}/assignments"),
        ("get", f"/units/{here.unit.id}/assessments"), ("get", f"/assignments/{made.id}/progress"),
        ("post", f"/assignments/{made.id}/withdraw"),
    ]  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_another_agency_is_told_nothing_of_a_unit(here, elsewhere, program_of, strong, role):
    other = program_of(strong(elsewhere.people[role]))
    for method, path in paths(here):
        assert getattr(other, method)(path).status_code == 404
    answer = other.post(f"/units/{here.unit.id}/assignments", body())
    assert answer.status_code == 404
    assert Assignment.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.ANALYST])
def test_whoever_does_not_teach_neither_reads_nor_assigns(here, program_of, strong, role):
    other = program_of(strong(here.people[role]))
    for method, path in paths(here):
        assert getattr(other, method)(path).status_code == 403
    assert other.post(f"/units/{here.unit.id}/assignments", body()).status_code == 403
    assert other.get("/units").json()["items"] == []


def test_a_key_for_practice_does_not_teach(here, program_of, strong):
    other = program_of(strong(here.people[Role.INSTRUCTOR]), "practice", "review", "numbers")
    for method, path in [*paths(here), ("get", "/units")]:
        assert getattr(other, method)(path).status_code == 403
