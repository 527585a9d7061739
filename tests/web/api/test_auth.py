import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from stepdown.web.accounts.models import RoleGrant, Token
from stepdown.web.limits import A_MINUTE, TooMany, count
from stepdown.web.policy import Role
from stepdown.web.practice.models import Encounter, Event
from tests.web.conftest import Browser

PATH = "/api/v1/encounters"


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def test_nobody_without_a_token_gets_anything(db):
    answer = Browser().get(PATH)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert set(answer.json()) == {"error", "problems"}


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic eDp5", "x", "\xe9"]
)
def test_a_token_that_is_none_opens_nothing(trainee, browser_of, given):
    answer = browser_of(trainee).get(PATH, headers={"Authorization": given})
    assert answer.status_code == 401


def test_a_token_opens_until_it_expires(trainee, program_of):
    assert program_of(trainee).get("/encounters").status_code == 200
    assert program_of(trainee, days=0).get("/encounters").status_code == 401


def test_a_token_that_was_taken_back_opens_nothing(trainee, program_of):
    program = program_of(trainee)
    Token.objects.all().delete()
    assert program.get("/encounters").status_code == 401


def test_somebody_who_was_let_out_gets_nothing(trainee, program_of, browser_of):
    program, browser = program_of(trainee), browser_of(trainee)
    trainee.is_active = False
    trainee.save()
    assert program.get("/encounters").status_code == 401
    assert browser.get(PATH).status_code == 401


def test_a_token_is_good_for_its_scopes_alone(trainee, program_of):
    program = program_of(trainee, "review")
    answer = program.get("/encounters")
    assert answer.status_code == 403
    assert "practice" in answer.json()["error"]
    assert program.post("/encounters", {"scenario": "bridge"}).status_code == 403
    assert Encounter.objects.count() == 0


def test_a_scope_is_asked_for_before_what_was_sent_is_read(trainee, program_of):
    assert program_of(trainee, "review").post("/encounters", {"x": 1}).status_code == 403


def test_a_browser_that_is_signed_in_reads_but_needs_the_token_of_forms_to_act(trainee):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(trainee, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert browser.get(PATH).status_code == 200
    body = json.dumps({"scenario": "bridge"})
    answer = browser.post(PATH, body, content_type="application/json")
    assert answer.status_code == 403
    assert set(answer.json()) == {"error", "problems"}
    browser.get("/library/bridge/")
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    sent = {"X-CSRFToken": token, "Referer": "https://testserver/"}
    answer = browser.post(PATH, body, content_type="application/json", headers=sent)
    assert answer.status_code == 201
    elsewhere = sent | {"Referer": "https://evil.example/"}
    answer = browser.post(PATH, body, content_type="application/json", headers=elsewhere)
    assert answer.status_code == 403


def test_a_token_needs_no_token_of_forms(trainee, program_of):
    headers = program_of(trainee).headers()
    answer = Browser(enforce_csrf_checks=True).post(
        PATH, json.dumps({"scenario": "bridge"}), content_type="application/json", headers=headers
    )
    assert answer.status_code == 201


def test_a_session_that_lacks_a_second_factor_gets_nothing(here, browser_of):
    instructor = here.people[Role.INSTRUCTOR]
    browser = Browser()
    browser.force_login(instructor, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert browser.get(PATH).status_code == 403
    assert browser_of(instructor).get(PATH).status_code == 200


def test_a_role_that_came_after_the_token_asks_for_a_second_factor_too(trainee, program_of, here):
    program = program_of(trainee)
    RoleGrant.objects.create(
        person=trainee, role=Role.INSTRUCTOR, agency=here.agency, unit=here.unit
    )
    assert program.get("/encounters").status_code == 401


def test_a_session_that_was_idle_is_told_so_and_not_sent_to_a_form(trainee, browser_of):
    browser = browser_of(trainee)
    browser.get(PATH)
    session = browser.session
    session["session_seen"] = 0
    session.save()
    assert browser.get(PATH).status_code == 401


def test_nobody_calls_too_often_and_a_refused_act_was_not_done(trainee, program_of, monkeypatch):
    monkeypatch.setitem(A_MINUTE, "act", 2)
    me = program_of(trainee)
    pk, key = me.begin(), uuid.uuid4()
    me.act(pk, "say", text="What happened?")
    before = Event.objects.count()
    answer = me.act(pk, "say", text="I hear you.", key=key)
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert Event.objects.count() == before
    assert me.get("/encounters").status_code == 200
    monkeypatch.setitem(A_MINUTE, "act", 100)
    assert me.act(pk, "say", text="I hear you.", key=key).status_code == 200


def test_calls_are_counted_for_each_person_and_minute(db):
    now = datetime(2026, 3, 2, 9, 0, 50, tzinfo=UTC)
    one, other = uuid.uuid4(), uuid.uuid4()
    for _ in range(A_MINUTE["act"]):
        count(one, "act", now)
    with pytest.raises(TooMany) as refused:
        count(one, "act", now)
    assert refused.value.wait_s == 10
    count(one, "read", now)
    count(other, "act", now)
    count(one, "act", now + timedelta(seconds=10))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", "/api/v1/encounters", 405),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/", 404),
        ("GET", "/api/v1/docs", 404),
    ],
)
def test_what_does_not_exist_is_said_in_the_one_form(trainee, browser_of, method, path, status):
    answer = browser_of(trainee).generic(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "problems"}
    assert status != 405 or set(answer["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b"[" * 100_000, 400),
        (b'{"scenario": ' + b"1" * 5000 + b"}", 400),
        (b"", 422),
        (b"null", 422),
        (b'"x"', 422),
        (b'{"scenario": "' + b"x" * 3_200_000 + b'"}', 413),
    ],
)
def test_a_body_that_is_none_is_refused_in_the_one_form(trainee, program_of, body, status):
    headers = program_of(trainee).headers()
    answer = Browser().generic("POST", PATH, body, content_type="application/json", headers=headers)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "problems"}
    assert Encounter.objects.count() == 0
