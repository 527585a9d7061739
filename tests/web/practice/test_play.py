import dataclasses
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.encounter.library import library
from stepdown.encounter.log import Event as LogEvent
from stepdown.encounter.play import Encounter as Played
from stepdown.problems import InputProblems
from stepdown.technique.coders import coder_for
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.practice import play
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.live import forget, ready, stored
from stepdown.web.practice.models import Act, Encounter, Event
from tests.web.conftest import NOW

SAY = read_deed("say", {"text": "What happened today?"})


def begin(person, pace="turn", seed=7):
    return play.start(person.actor(), library()["bridge"], "bridge", pace, NOW, seed=seed)


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def test_an_encounter_in_the_browser_is_the_same_log_as_one_in_a_terminal(trainee):
    row = begin(trainee)
    for kind, given in (
        ("say", {"text": "Hello, I am Sam. What happened?"}), ("move", {"text": "step_back"}),
        ("wait", {"seconds": "10"}), ("assess", {"arousal": "7"}), ("stop", {}),
    ):  # fmt: skip
        play.do(trainee.actor(), row.id, uuid.uuid4(), read_deed(kind, given), NOW)
    written: list[LogEvent] = []
    same = Played.start(library()["bridge"], 7, coder_for("en"), written.append)
    same.say("Hello, I am Sam. What happened?")
    same.move("step_back")
    same.wait(10)
    same.assess({"arousal": 7.0})
    same.stop()
    assert [e.line() for e in stored(row.id)] == [e.line() for e in written]
    row.refresh_from_db()
    assert (row.how, row.ended_at, row.n_events) == ("stopped", NOW, len(written))


def test_an_act_sent_twice_is_done_once_and_answered_alike(trainee):
    row, key = begin(trainee), uuid.uuid4()
    first = play.do(trainee.actor(), row.id, key, SAY, NOW)
    again = play.do(trainee.actor(), row.id, key, SAY, NOW + timedelta(seconds=5))
    assert first.events
    assert again.events == first.events
    assert Act.objects.count() == 1
    assert Event.objects.filter(encounter=row).count() == 1 + len(first.events)


def test_a_key_used_for_something_else_is_refused(trainee):
    row, key = begin(trainee), uuid.uuid4()
    play.do(trainee.actor(), row.id, key, SAY, NOW)
    with pytest.raises(InputProblems, match="a new key for each act"):
        play.do(trainee.actor(), row.id, key, read_deed("say", {"text": "Go away"}), NOW)


def test_an_answer_that_was_lost_is_given_again_after_the_end(trainee):
    row, key = begin(trainee), uuid.uuid4()
    first = play.do(trainee.actor(), row.id, key, read_deed("stop", {}), NOW)
    again = play.do(trainee.actor(), row.id, key, read_deed("stop", {}), NOW)
    assert again.events == first.events


def test_nothing_is_done_in_an_encounter_that_has_ended(trainee):
    row = begin(trainee)
    play.do(trainee.actor(), row.id, uuid.uuid4(), read_deed("stop", {}), NOW)
    with pytest.raises(Refused):
        play.do(trainee.actor(), row.id, uuid.uuid4(), SAY, NOW)


def test_another_process_that_wrote_meanwhile_is_read_first(trainee):
    row = begin(trainee)
    play.do(trainee.actor(), row.id, uuid.uuid4(), SAY, NOW)
    stale = ready(row.id, Encounter.objects.get(pk=row.id).n_events)
    play.do(trainee.actor(), row.id, uuid.uuid4(), read_deed("move", {"text": "sit"}), NOW)
    from stepdown.web.practice import live

    live.keep(row.id, stale)
    play.do(trainee.actor(), row.id, uuid.uuid4(), read_deed("move", {"text": "nod"}), NOW)
    after = stored(row.id)
    assert [e.n for e in after] == list(range(len(after)))
    forget(row.id)
    assert ready(row.id, len(after)).events == after


def test_time_runs_while_the_page_is_there_and_stands_when_it_is_away(trainee):
    row = begin(trainee, pace="real")
    tick = read_deed("tick", {})
    at = NOW
    for _ in range(5):
        at += timedelta(seconds=2)
        done = play.do(trainee.actor(), row.id, None, tick, at)
    assert done.row.clock_s == 10
    at += timedelta(hours=1)
    assert play.do(trainee.actor(), row.id, None, tick, at).row.clock_s == 16


def test_a_wall_clock_that_is_set_back_never_turns_the_encounter_back(trainee):
    row = begin(trainee, pace="real")
    play.do(trainee.actor(), row.id, None, read_deed("tick", {}), NOW + timedelta(seconds=4))
    back = NOW - timedelta(hours=2)
    done = play.do(trainee.actor(), row.id, uuid.uuid4(), SAY, back)
    assert done.row.clock_s == 4
    later = play.do(
        trainee.actor(), row.id, None, read_deed("tick", {}), back + timedelta(seconds=3)
    )
    assert later.row.clock_s == 7
    times = [e.t for e in stored(row.id)]
    assert times == sorted(times)


def test_slower_means_half_as_fast_and_pause_stops_the_clock(trainee):
    row = begin(trainee, pace="slower")
    do = lambda kind, s: play.do(  # noqa: E731
        trainee.actor(), row.id, None, read_deed(kind, {}), NOW + timedelta(seconds=s)
    )
    assert do("tick", 4).row.clock_s == 2
    assert do("pause", 6).row.seen_at is None
    assert do("tick", 8).row.clock_s == 3


def test_silence_is_heard_and_the_person_may_speak_first(trainee):
    row = begin(trainee, pace="real")
    at, kinds = NOW, []
    for _ in range(60):
        at += timedelta(seconds=2)
        kinds += [
            e.kind for e in play.do(trainee.actor(), row.id, None, read_deed("tick", {}), at).events
        ]
    assert "speak" in kinds


def test_trying_again_keeps_all_before_and_is_practice(trainee):
    row = begin(trainee)
    play.do(trainee.actor(), row.id, uuid.uuid4(), SAY, NOW)
    play.do(trainee.actor(), row.id, uuid.uuid4(), read_deed("move", {"text": "face"}), NOW)
    play.do(trainee.actor(), row.id, uuid.uuid4(), read_deed("stop", {}), NOW)
    events = stored(row.id)
    at = next(e.n for e in events if e.kind == "move")
    branch = play.retry(trainee.actor(), row.id, at, NOW)
    assert (branch.parent_id, branch.parent_n, branch.assessed) == (row.id, at, False)
    assert stored(branch.id) == events[:at]
    done = play.do(trainee.actor(), branch.id, uuid.uuid4(), SAY, NOW)
    assert done.events[0].t >= events[at - 1].t
    assert stored(row.id) == events


@pytest.mark.parametrize("at", [0, -1, 99])
def test_trying_again_from_nowhere_says_from_where_one_can(trainee, at):
    row = begin(trainee)
    play.do(trainee.actor(), row.id, uuid.uuid4(), read_deed("stop", {}), NOW)
    with pytest.raises(InputProblems, match="an event from 1 to"):
        play.retry(trainee.actor(), row.id, at, NOW)


def test_nobody_else_plays_it_and_the_attempt_is_noted(trainee, here, elsewhere):
    row = begin(trainee)
    for person in (*here.people.values(), *elsewhere.people.values()):
        if person != trainee:
            with pytest.raises(Refused):
                play.do(person.actor(), row.id, uuid.uuid4(), SAY, NOW)
    assert Entry.objects.filter(outcome="refused").count() == 11
    with pytest.raises(Missing):
        play.do(trainee.actor(), uuid.uuid4(), None, SAY, NOW)


def test_a_pause_holds_though_another_tab_ticks_on(trainee):
    row = begin(trainee, pace="real")
    do = lambda kind, s: play.do(  # noqa: E731
        trainee.actor(), row.id, None, read_deed(kind, {}), NOW + timedelta(seconds=s)
    )
    do("tick", 2)
    do("pause", 3)
    for s in (5, 7, 9):
        assert (do("tick", s).row.clock_s, do("tick", s).row.seen_at) == (3, None)
    do("resume", 20)
    assert do("tick", 22).row.clock_s == 5


def test_a_tick_that_was_worked_out_before_a_pause_does_not_undo_it(trainee, monkeypatch):
    row = begin(trainee, pace="real")
    plain, raced = play.resumed, []

    def beaten(stale):
        if not raced:
            raced.append(True)
            pause = read_deed("pause", {})
            play.do(trainee.actor(), row.id, None, pause, NOW + timedelta(seconds=2))
        return plain(stale)

    monkeypatch.setattr(play, "resumed", beaten)
    tick = read_deed("tick", {})
    done = play.do(trainee.actor(), row.id, None, tick, NOW + timedelta(seconds=2.5))
    assert (done.row.clock_s, done.row.seen_at) == (2, None)


def test_a_record_that_was_replaced_is_read_anew(trainee, monkeypatch):
    from stepdown.web.practice import live

    row = begin(trainee)
    play.do(trainee.actor(), row.id, uuid.uuid4(), SAY, NOW)
    row.refresh_from_db()
    old = ready(row.id, row.n_events)
    other = dataclasses.replace(old.events[-1], t=old.events[-1].t + 1)
    kept = live.keep(row.id, live.Ready((*old.events[:-1], other), old.world))
    with CaptureQueriesContext(connection) as asked:
        assert ready(row.id, row.n_events) is kept
    assert len(asked) == 0
    monkeypatch.setattr(live, "TRUST_S", 0.0)
    assert ready(row.id, row.n_events).events == stored(row.id)


def test_what_is_ready_is_compared_with_the_record_by_one_question(trainee, monkeypatch):
    from stepdown.web.practice import live

    row = begin(trainee)
    play.do(trainee.actor(), row.id, uuid.uuid4(), SAY, NOW)
    row.refresh_from_db()
    old = ready(row.id, row.n_events)
    monkeypatch.setattr(live, "TRUST_S", 0.0)
    with CaptureQueriesContext(connection) as asked:
        assert ready(row.id, row.n_events) is old
    assert len(asked) == 1
