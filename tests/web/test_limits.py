"""How often a person may send something from a page, and what is said when it was too often."""

import uuid

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from stepdown.web import limits
from stepdown.web.limits import A_MINUTE, TooMany, count
from stepdown.web.policy import Role
from stepdown.web.practice.models import Encounter, Event, ScenarioFile
from tests.web.conftest import NOW
from tests.web.practice.played import begun, ended


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture(autouse=True)
def _one_minute(monkeypatch):
    """Count as if no minute ended meanwhile."""
    real = limits.count
    monkeypatch.setattr(limits, "count", lambda person, kind, now: real(person, kind, NOW))


def refused(answer):
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert "Too many tries" in answer.content.decode()
    return True


def test_an_act_too_many_is_not_done_and_is_done_when_sent_again(trainee, browser_of, monkeypatch):
    monkeypatch.setitem(A_MINUTE, "act", 2)
    browser, row = browser_of(trainee), begun(trainee, acts=())
    to = f"/encounters/{row.id}/act/"
    said = [{"kind": "say", "text": f"Number {n}", "key": str(uuid.uuid4())} for n in range(3)]
    assert [browser.post(to, each).status_code for each in said[:2]] == [302, 302]
    before = Event.objects.count()
    part = browser.post(to, said[2], headers={"HX-Request": "true"})
    assert refused(part)
    assert "<html" not in part.content.decode()
    assert Event.objects.count() == before
    assert browser.get(f"/encounters/{row.id}/").status_code == 200
    monkeypatch.setitem(A_MINUTE, "act", 9)
    assert browser.post(to, said[2]).status_code == 302
    assert Event.objects.count() > before


def test_beginning_and_trying_again_count_together(trainee, browser_of, monkeypatch):
    monkeypatch.setitem(A_MINUTE, "begin", 2)
    browser, row = browser_of(trainee), ended(trainee)
    assert browser.post("/library/bridge/start/", {"pace": "turn"}).status_code == 302
    assert browser.post(f"/encounters/{row.id}/retry/", {"at": "2"}).status_code == 302
    assert refused(browser.post("/library/bridge/start/", {"pace": "turn"}))
    assert refused(browser.post(f"/encounters/{row.id}/retry/", {"at": "2"}))
    assert refused(browser.post(f"/assigned/{uuid.uuid4()}/begin/"))
    assert Encounter.objects.count() == 3


def test_whoever_mends_a_file_may_bring_it_fifteen_times_a_minute(here, browser_of):
    teacher = here.people[Role.INSTRUCTOR]
    browser = browser_of(teacher)
    for n in range(15):
        file = SimpleUploadedFile("a.jsonl", b"{}\n")
        to = ("/mine/bring/", {"log": file}) if n % 2 else ("/scenarios/add/", {})
        assert browser.post(*to).status_code == 400
    assert refused(browser.post("/mine/bring/", {"log": SimpleUploadedFile("a.jsonl", b"{}\n")}))
    assert refused(browser.post("/scenarios/add/", {"agency": str(here.agency.id)}))
    assert not ScenarioFile.objects.exists()
    assert browser_of(here.people[Role.TRAINEE]).post("/mine/bring/").status_code == 400


def test_a_count_that_cannot_be_stored_stops_nobody(db, monkeypatch):
    monkeypatch.setattr(type(cache._connections[cache._alias]), "add", lambda *_a, **_n: False)
    for _ in range(A_MINUTE["bring"] + 1):
        count(uuid.uuid4(), "bring", NOW)


def test_one_more_than_the_limit_is_one_too_many(db):
    person = uuid.uuid4()
    for _ in range(A_MINUTE["bring"]):
        count(person, "bring", NOW)
    with pytest.raises(TooMany):
        count(person, "bring", NOW)
