import json
import re
import uuid

import pytest

from stepdown.web.accounts.tokens import SCOPES
from stepdown.web.api import api
from stepdown.web.policy import Role
from tests.web.conftest import Browser

SCHEMA = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
OPERATIONS = [
    (method, path, operation)
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
]
NAMES = [f"{method.upper()} {path}" for method, path, _ in OPERATIONS]


def test_every_operation_names_a_scope_and_says_how_to_sign_in():
    for _method, path, operation in OPERATIONS:
        scope = operation["x-scope"]
        assert scope in SCOPES, path
        assert operation["security"] == [{"token": [scope]}, {"session": []}]
        assert operation["summary"]


def test_every_view_of_the_api_is_in_the_schema_or_is_the_schema():
    named = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/api/v1/{p.pattern}") for p in api.urls[0]}
    assert named == {path for _, path, _ in OPERATIONS} | {"/api/v1/", "/api/v1/openapi.json"}


def test_every_part_has_a_closed_shape_and_says_what_it_is():
    for name, part in SCHEMA["components"]["schemas"].items():
        assert part["description"], name
        if part.get("type") == "object":
            assert part["additionalProperties"] is False, name


def test_everything_that_is_sent_is_described():
    parts, bodies = SCHEMA["components"]["schemas"], []
    for _method, path, operation in OPERATIONS:
        for parameter in operation["parameters"]:
            assert parameter["in"] == "path" or parameter["description"], path
        if "requestBody" in operation:
            bodies.append(operation["requestBody"]["content"]["application/json"]["schema"])
    named = {ref["$ref"].split("/")[-1] for ref in bodies}
    for name in [n for n in named if "oneOf" in parts[n]]:
        named |= {option["$ref"].split("/")[-1] for option in parts[name]["oneOf"]} - {name}
    for name in named:
        for field, node in parts[name].get("properties", {}).items():
            assert node.get("description"), f"{name}.{field}"


def test_the_schema_is_served_to_anybody_and_loads_nothing_from_elsewhere(db):
    answer = Browser().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")
    assert b"http://" not in answer.content


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_opens_the_operations_of_its_scope_alone(here, program_of, strong, scope):
    program = program_of(strong(here.people[Role.COORDINATOR]), scope)
    for method, path, operation in OPERATIONS:
        filled = re.sub(r"\{\w+\}", str(uuid.uuid4()), path).removeprefix("/api/v1")
        answer = getattr(program, method)(filled)
        if operation["x-scope"] == scope:
            assert answer.status_code in (200, 404, 422), path
        else:
            assert answer.status_code == 403, path


@pytest.mark.parametrize("name", NAMES)
def test_nobody_comes_in_without_a_key(db, name):
    method, path = name.split(" ")
    answer = Browser().generic(method, re.sub(r"\{\w+\}", str(uuid.uuid4()), path))
    assert answer.status_code == 401
