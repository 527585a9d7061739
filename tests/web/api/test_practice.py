import json
import uuid

import pytest
from django.test import Client

from stepdown.encounter.log import event_of
from stepdown.web.policy import Role
from stepdown.web.practice import play
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Act, Assignment, Encounter, Event, ScenarioFile

HIDDEN = ("probabilities", "codes", "arousal_true", "parameters", "trust")


@pytest.fixture
def me(here, program_of):
    return program_of(here.people[Role.TRAINEE])


def test_the_library_is_listed_and_says_what_an_encounter_is_about(me):
    items = me.get("/scenarios").json()["items"]
    assert "bridge" in [item["key"] for item in items]
    one = me.get("/scenarios/bridge").json()
    assert one["crisis_line"]
    assert one["notes"]
    assert one["own"] is False
    assert me.get("/scenarios/nothing").status_code == 404


def test_an_encounter_is_played_and_read_without_a_hidden_number(me):
    pk = me.begin()
    said = me.act(pk, "say", text="Hello, I am Sam. What happened?")
    assert said.status_code == 200
    me.act(pk, "move", text="step_back")
    me.act(pk, "assess", arousal=7, risk="flight")
    state = me.get(f"/encounters/{pk}").json()
    events = me.get(f"/encounters/{pk}/events").json()
    assert state["cue"]
    assert state["scene"]["described"]
    assert {"step_back", "open_hands"} <= {move["id"] for move in state["moves"]}
    assert [e["kind"] for e in events["items"]][:2] == ["start", "say"]
    assert events["next"] == state["n_events"] == Event.objects.filter(encounter=pk).count()
    for hidden in HIDDEN:
        assert f'"{hidden}"' not in json.dumps([state, events, said.json()])


def test_events_are_asked_for_from_a_number_on(me):
    pk = me.begin()
    after = me.get(f"/encounters/{pk}/events").json()["next"]
    done = me.act(pk, "say", text="What happened today?").json()["events"]
    more = me.get(f"/encounters/{pk}/events", since=after).json()
    assert more["items"] == done
    assert me.get(f"/encounters/{pk}/events", since=more["next"]).json()["items"] == []


def test_an_act_sent_twice_is_done_once_and_answered_alike(me):
    pk, key = me.begin(), uuid.uuid4()
    first = me.act(pk, "say", text="What happened today?", key=key)
    again = me.act(pk, "say", text="What happened today?", key=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert Act.objects.filter(encounter=pk).count() == 1


def test_a_key_that_was_used_for_something_else_is_a_conflict(me):
    pk, key = me.begin(), uuid.uuid4()
    me.act(pk, "say", text="What happened today?", key=key)
    other = me.act(pk, "say", text="Go away", key=key)
    assert other.status_code == 409
    assert other.json()["problems"][0]["where"] == "key"


def test_an_act_without_a_key_says_that_it_needs_one_and_a_tick_needs_none(me):
    pk = me.begin(pace="real")
    without = me.post(f"/encounters/{pk}/acts", {"kind": "say", "text": "Hello"})
    assert without.status_code == 400
    assert without.json()["problems"][0]["where"] == "header.Idempotency-Key"
    assert Event.objects.filter(encounter=pk).count() == 1
    assert me.post(f"/encounters/{pk}/acts", {"kind": "tick"}).status_code == 200


@pytest.mark.parametrize(
    ("deed", "where"),
    [
        ({}, "body"),
        ({"kind": "dance"}, "body"),
        ({"kind": "say"}, "body.say.text"),
        ({"kind": "say", "text": " "}, "body.say.text"),
        ({"kind": "say", "text": "Hello\x00"}, "body.say.text"),
        ({"kind": "say", "text": "a" * 4001}, "body.say.text"),
        ({"kind": "say", "text": "Hello", "arousal": 3}, "body.say.arousal"),
        ({"kind": "say", "text": "Hello\ud800"}, "body.say.text"),
        ({"kind": "wait", "seconds": float("nan")}, "body.wait.seconds"),
        ({"kind": "wait", "seconds": 1e9}, "body.wait.seconds"),
        ({"kind": "choose", "number": -1}, "body.choose.number"),
        ([], "body"),
    ],
)
def test_an_act_that_does_not_fit_is_refused_with_its_place_and_nothing_is_done(me, deed, where):
    pk = me.begin()
    answer = me.post(f"/encounters/{pk}/acts", deed, key=uuid.uuid4())
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"].startswith(where)
    assert Event.objects.filter(encounter=pk).count() == 1


def test_a_move_that_this_scenario_does_not_have_is_refused_with_those_it_has(me):
    pk = me.begin()
    for name in ("nope", "call_tow_truck"):
        answer = me.act(pk, "move", text=name)
        assert answer.status_code == 422
        (problem,) = answer.json()["problems"]
        assert name in problem["given"]
        assert "step_back" in problem["expected"]
    assert Event.objects.filter(encounter=pk).count() == 1
    assert Act.objects.count() == 0


def test_nothing_is_done_after_the_end(me):
    pk = me.begin()
    me.act(pk, "stop")
    assert me.act(pk, "say", text="Hello").status_code == 409
    assert me.get(f"/encounters/{pk}").json()["how"] == "stopped"


def test_trying_again_begins_a_branch(me):
    pk = me.begin()
    me.act(pk, "say", text="What happened today?")
    early = me.post(f"/encounters/{pk}/retry", {"at": 1})
    assert early.status_code == 409
    assert "not ended yet" in early.json()["error"]
    me.act(pk, "stop")
    answer = me.post(f"/encounters/{pk}/retry", {"at": 1})
    assert answer.status_code == 201
    branch = answer.json()
    assert (branch["parent"], branch["parent_at"], branch["assessed"]) == (pk, 1, False)
    assert me.post(f"/encounters/{pk}/retry", {"at": 999}).status_code == 400


def test_the_same_seed_is_the_same_person(me):
    one, two = me.begin(seed=3), me.begin(seed=3)
    answers = [me.act(pk, "say", text="What happened today?").json()["events"] for pk in (one, two)]
    assert answers[0] == answers[1]


def test_ones_own_encounters_are_listed_page_by_page_newest_first(me, here, program_of, strong):
    made = [me.begin() for _ in range(5)]
    program_of(strong(here.people[Role.INSTRUCTOR])).begin()
    Encounter.objects.filter(pk__in=made[:3]).update(
        started_at=Encounter.objects.get(pk=made[0]).started_at
    )
    seen, cursor = [], None
    while True:
        page = me.get("/encounters", limit=2, **({"cursor": cursor} if cursor else {})).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
    assert len(seen) == 5
    assert seen[0] == made[4]


@pytest.mark.parametrize("cursor", ["x", "????", "MjAyNg==", "MjAyNi0wMS0wMSB4"])
def test_a_cursor_that_is_none_is_refused(me, cursor):
    assert me.get("/encounters", cursor=cursor).status_code == 400


def test_what_was_erased_is_said_to_be(me):
    pk = me.begin()
    row = Encounter.objects.get(pk=pk)
    row.erased_at, row.n_events = row.started_at, 0
    row.save()
    state = me.get(f"/encounters/{pk}").json()
    assert (state["erased"], state["cue"], state["moves"]) == (True, None, [])
    assert me.get(f"/encounters/{pk}/events").json()["items"] == []


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.TRAINEE])
def test_nobody_else_of_the_agency_reads_or_plays_it(me, here, program_of, role, strong):
    pk = me.begin()
    other = program_of(strong(here.people[role]))
    knows = role in (Role.INSTRUCTOR, Role.COORDINATOR)
    for answer in (
        other.get(f"/encounters/{pk}"), other.get(f"/encounters/{pk}/events"),
        other.act(pk, "say", text="Hello"), other.post(f"/encounters/{pk}/retry", {"at": 1}),
    ):  # fmt: skip
        assert answer.status_code == (403 if knows else 404)
    assert len(stored(uuid.UUID(pk))) == 1


@pytest.mark.parametrize("role", list(Role))
def test_another_agency_is_not_told_that_it_exists(me, elsewhere, program_of, role, strong):
    pk = me.begin()
    other = program_of(strong(elsewhere.people[role]))
    nothing = other.get(f"/encounters/{uuid.uuid4()}")
    answer = other.get(f"/encounters/{pk}")
    assert answer.status_code == nothing.status_code == 404
    assert answer.json() == nothing.json()


@pytest.fixture
def given(here):
    """Return an assessment that the trainee is to do."""
    made = Assignment.objects.create(
        unit=here.unit, scenario="bridge", due="2030-01-01", assessed=True
    )
    made.people.add(here.people[Role.TRAINEE])
    return made


def begin_for(program, given, **more):
    return program.post("/encounters", {"scenario": "bridge", "assignment": str(given.id), **more})


def test_an_assessment_begins_once_it_is_known_who_reads_it(me, given):
    assert begin_for(me, given).status_code == 400
    answer = begin_for(me, given, announced=True)
    assert answer.status_code == 201
    assert (answer.json()["assessed"], answer.json()["assignment"]) == (True, str(given.id))
    assert begin_for(me, given).json()["id"] == answer.json()["id"]


@pytest.mark.parametrize("more", [{"seed": 1}, {"scenario": "bus"}])
def test_an_assignment_is_met_as_it_comes(me, given, more):
    assert begin_for(me, given, announced=True, **more).status_code == 400
    assert Encounter.objects.count() == 0


def test_an_assignment_of_somebody_else_does_not_exist(here, elsewhere, given, program_of):
    other = program_of(elsewhere.people[Role.TRAINEE])
    assert begin_for(other, given, announced=True).status_code == 404


def test_what_was_assigned_is_listed_for_whom_it_was_given_to(me, given):
    (task,) = me.get("/assignments").json()["items"]
    assert (task["id"], task["assessed"], task["encounter"]) == (str(given.id), True, None)
    pk = begin_for(me, given, announced=True).json()["id"]
    assert me.get("/assignments").json()["items"][0]["encounter"] == pk


def test_a_scenario_of_another_agency_does_not_exist(me, elsewhere):
    file = ScenarioFile.objects.create(
        agency=elsewhere.agency, name="x", digest="x", text="a secret of theirs"
    )
    for answer in (
        me.get(f"/scenarios/{file.id}"),
        me.post("/encounters", {"scenario": str(file.id)}),
    ):
        assert answer.status_code == 404
        assert b"secret" not in answer.content


def test_acts_of_a_program_are_the_same_log_as_those_of_a_page(me, browser_of, here):
    trainee = here.people[Role.TRAINEE]
    pk = me.begin()
    me.act(pk, "say", text="What happened today?")
    other = Encounter.objects.get(pk=me.begin())
    page: Client = browser_of(trainee)
    page.post(
        f"/encounters/{other.id}/act/",
        {"kind": "say", "text": "What happened today?", "key": str(uuid.uuid4())},
    )
    lines = [[e.line() for e in stored(uuid.UUID(str(row)))] for row in (pk, other.id)]
    assert lines[0] == lines[1]
    assert event_of(lines[0][1]).kind in ("say", "speak", "world")


def test_an_encounter_that_others_keep_writing_to_is_busy_and_nothing_is_lost(me, monkeypatch):
    pk, key = me.begin(), uuid.uuid4()
    with monkeypatch.context() as patched:
        patched.setattr(play, "_once", lambda *_: None)
        answer = me.act(pk, "say", text="Hello", key=key)
    assert answer.status_code == 503
    assert set(answer.json()) == {"error", "problems"}
    assert me.act(pk, "say", text="Hello", key=key).status_code == 200


def test_no_cache_keeps_what_was_answered(me):
    assert me.get(f"/encounters/{me.begin()}")["Cache-Control"] == "no-store"
