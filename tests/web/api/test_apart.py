"""The API holds to its schema in each role, and no answer ever holds anything of another agency.

More examples of each operation: STEPDOWN_API_EXAMPLES=500.
"""

from __future__ import annotations

import os
import re
import uuid
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from stepdown.encounter.library import library
from stepdown.encounter.review.rubric import domains
from stepdown.web.accounts.models import Person
from stepdown.web.limits import A_MINUTE
from stepdown.web.policy import Role
from stepdown.web.practice import play
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.models import Assignment, Comment, Encounter, HandScore, ScenarioFile
from tests.web.api.test_schema import OPERATIONS
from tests.web.conftest import Place, place

USUAL = 5
EXAMPLES = int(os.environ.get("STEPDOWN_API_EXAMPLES", USUAL))
MARK = "XyzzyElsewhere"
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance, negative_data_rejection,
]  # fmt: skip
ROLES = [*Role, "citizen"]
SOON = (datetime.now(UTC).date() + timedelta(days=9)).isoformat()


@pytest.fixture(autouse=True)
def _as_often_as_one_likes(monkeypatch):
    for kind in A_MINUTE:
        monkeypatch.setitem(A_MINUTE, kind, 10**9)


@pytest.fixture
def _one_connection():
    """Keep the connection of the test open, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def ids(here: Place) -> dict[str, list[str]]:
    """Return ids of the own agency, by what they name."""
    return filled(here, "Here")


@pytest.fixture
def foreign(db: None) -> dict[str, list[str]]:
    """Return ids of another agency whose every text holds the mark, by what they name."""
    return filled(place(MARK), MARK)


def filled(at: Place, mark: str) -> dict[str, list[str]]:
    """Give an agency a scenario, an assignment, an encounter that runs and an assessment."""
    trainee, teacher = at.people[Role.TRAINEE], at.people[Role.INSTRUCTOR]
    file = ScenarioFile.objects.create(
        agency=at.agency, name="own", digest="0" * 16, text=own_scenario(mark), by=teacher
    )
    assignment = Assignment.objects.create(
        unit=at.unit, scenario="bridge", assessed=True, due=SOON, note=mark, by=teacher
    )
    assignment.people.add(trainee)
    made = [encounter(at, mark, ended=ended) for ended in (True, False)]
    return {
        "encounters": made, "assessments": made, "scenarios": [str(file.id)],
        "assignments": [str(assignment.id)], "units": [str(at.unit.id)],
        "agencies": [str(at.agency.id)], "people": [str(trainee.id)],
    }  # fmt: skip


def own_scenario(mark: str) -> str:
    """Return the file of a scenario that says the mark wherever it can be seen."""
    from io import StringIO

    from ruamel.yaml import YAML

    words = {"title": mark, "sector": mark, "summary": mark, "opening": mark, "notes": [mark]}
    known = library()["bridge"].model_dump(mode="json", exclude_defaults=True)
    out = StringIO()
    YAML(typ="safe").dump({**known, **words}, out)
    return out.getvalue()


def encounter(at: Place, mark: str, *, ended: bool) -> str:
    """Play an encounter: an assessment that has ended with all that is written of it, or not."""
    trainee, teacher = at.people[Role.TRAINEE], at.people[Role.INSTRUCTOR]
    told = library()["bridge"].model_copy(update={"title": mark, "sector": mark, "opening": mark})
    now, actor = datetime.now(UTC), trainee.actor()
    row = play.start(actor, told, "bridge", "turn", now, seed=1)
    play.do(actor, row.id, uuid.uuid4(), read_deed("say", {"text": mark}), now)
    if ended:
        play.do(actor, row.id, uuid.uuid4(), read_deed("stop", {}), now)
        Comment.objects.create(encounter=row, n=1, by=teacher, text=mark)
        scores = dict.fromkeys(domains(), 1)
        HandScore.objects.create(encounter=row, by=teacher, domains=scores, note=mark)
    Encounter.objects.filter(pk=row.id).update(
        assessed=True, unit=at.unit, agency=at.agency, scenario=mark
    )
    return str(row.id)


@pytest.fixture(params=ROLES)
def program(request, here, program_of, strong):
    """Return a program of somebody in each role of the own agency, and of one without a role."""
    if request.param == "citizen":
        return program_of(Person.objects.create_user("citizen@example.org", "Citizen"))
    return program_of(strong(here.people[request.param]))


BODIES: dict[str, Any] = {
    "retry": {"at": 1}, "comment": {"n": 1, "text": "x"}, "inject": {"happening": "car"},
    "score": {"domains": dict.fromkeys(domains(), 2)}, "act": {"kind": "say", "text": "Hello"},
    "assign": {"scenario": "bridge", "due": SOON},
}  # fmt: skip


def test_whatever_belongs_to_another_agency_does_not_exist(program, foreign):
    for method, path, operation in OPERATIONS:
        if "{" not in path:
            continue
        for value in foreign[path.split("/")[3]]:
            address = re.sub(r"\{\w+\}", value, path).removeprefix("/api/v1")
            body = BODIES.get(operation["operationId"])
            sent = {"key": uuid.uuid4(), "body": body} if method == "post" else {}
            answer = getattr(program, method)(address, **sent)
            assert answer.status_code == 404, f"{method} {path}: {answer.content!r}"
            nothing = re.sub(r"\{\w+\}", str(uuid.uuid4()), path).removeprefix("/api/v1")
            assert answer.json() == getattr(program, method)(nothing, **sent).json()


@cache
def loaded():
    """Return the operations as schemathesis reads them from the site."""
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", get_wsgi_application(), base_url="https://testserver"
    )
    return [each.ok() for each in schema.get_all_operations()]


@st.composite
def likely(draw, operation, known):
    """Draw a call that fits the schema and names what exists, here or elsewhere."""
    case = draw(operation.as_strategy())
    for name in case.path_parameters:
        case.path_parameters[name] = draw(st.sampled_from(known[operation.path.split("/")[3]]))
    if isinstance(case.body, dict):
        for field, values in known["fields"].items():
            if field in case.body:
                case.body[field] = draw(st.sampled_from(values))
    if operation.method == "post":
        case.headers = {"Idempotency-Key": str(draw(st.uuids()))}
    return case


def held_to_schema(program, strategy, examples):
    """Call the API with what a strategy gives; hold each answer to the schema, without the mark."""

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=EXAMPLES == USUAL,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(case=strategy)
    def each(case):
        response = case.call_and_validate(
            base_url="https://testserver", headers=program.headers(), checks=CHECKS
        )
        assert MARK.lower().encode() not in response.content.lower()

    each()


@pytest.mark.usefixtures("_one_connection")
def test_the_api_holds_to_its_schema_and_tells_nothing_of_another_agency(program, ids, foreign):
    known: dict[str, Any] = {kind: ids[kind] + foreign[kind] for kind in ids}
    known["scenarios"].append("bridge")
    known["fields"] = {
        "scenario": known["scenarios"], "assignment": [None, *known["assignments"]],
        "people": [None, ids["people"], foreign["people"]], "due": [SOON], "seed": [None, 7],
        "happening": [library()["bridge"].happenings[0].id, "nothing"], "n": [1, 2, 99],
        "at": [1, 2],
    }  # fmt: skip
    for operation in loaded():
        held_to_schema(program, likely(operation, known), EXAMPLES)
        wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        held_to_schema(program, wrong, max(EXAMPLES // 2, 1))


def test_its_own_people_do_read_the_mark(db, program_of, strong):
    at = place(MARK)
    ids = filled(at, MARK)
    trainee = program_of(at.people[Role.TRAINEE])
    teacher = program_of(strong(at.people[Role.INSTRUCTOR]))
    ended, pk = ids["encounters"][0], ids["encounters"][1]
    for program, path in (
        (trainee, "/scenarios"), (trainee, f"/scenarios/{ids['scenarios'][0]}"),
        (trainee, "/encounters"), (trainee, f"/encounters/{pk}"),
        (trainee, f"/encounters/{pk}/events"), (trainee, f"/encounters/{ended}/review"),
        (trainee, f"/encounters/{ended}/log"), (trainee, f"/encounters/{ended}/comments"),
        (trainee, "/assignments"), (teacher, "/units"), (teacher, f"/assessments/{ended}"),
        (teacher, f"/units/{ids['units'][0]}/assignments"),
        (teacher, f"/units/{ids['units'][0]}/assessments"),
        (teacher, f"/units/{ids['units'][0]}/people"),
    ):  # fmt: skip
        assert MARK in program.get(path).content.decode(), path
