import json
import os
import random
import signal
from pathlib import Path

import pytest

from stepdown.encounter.library import find_scenario
from stepdown.encounter.log import ENGINE, Event, LogFile, parsed, read_log
from stepdown.encounter.play import Encounter
from stepdown.encounter.review import review
from stepdown.encounter.review.page import render
from stepdown.encounter.world import fold
from stepdown.problems import InputProblems
from tests.encounter.people import CUES, play

KILLS = 200


def played(tmp_path):
    path = tmp_path / "log.jsonl"
    with LogFile(path) as file:
        encounter = Encounter.start(find_scenario("bridge"), 3, CUES, file.write)
        encounter.say("I'm Jo. I'll stay right here.")
        encounter.move("radio_off")
        encounter.wait(5)
    return path, encounter


def test_a_log_is_read_back_as_it_was_written(tmp_path):
    path, encounter = played(tmp_path)
    events = read_log(path)
    assert list(events) == encounter.events
    assert b"".join(e.line() for e in events) == path.read_bytes()


def test_a_log_is_never_overwritten(tmp_path):
    path, _ = played(tmp_path)
    with pytest.raises(InputProblems, match="a file that exists"):
        LogFile(path)


def test_a_line_that_was_never_finished_was_never_acknowledged(tmp_path):
    path, encounter = played(tmp_path)
    whole = path.read_bytes()
    for cut in (1, 7, 40):
        path.write_bytes(whole[:-cut])
        assert len(read_log(path)) == len(encounter.events) - 1


def test_everything_wrong_with_a_log_is_named_with_its_line(tmp_path):
    path, _ = played(tmp_path)
    lines = path.read_bytes().split(b"\n")
    lines[1] = b'{"not json'
    lines[2] = json.dumps({"n": 9, "t": -4, "kind": "dance"}).encode()
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(InputProblems) as raised:
        read_log(path)
    said = str(raised.value)
    assert "line 2" in said
    assert "line 3" in said
    assert "dance" in said
    assert "never go back" in said


def test_the_log_of_another_engine_is_refused_clearly(tmp_path):
    path, _ = played(tmp_path)
    first, rest = path.read_bytes().split(b"\n", 1)
    record = json.loads(first)
    record["engine"] = ENGINE + 1
    path.write_bytes(json.dumps(record).encode() + b"\n" + rest)
    with pytest.raises(InputProblems, match=f"engine {ENGINE}: install the version"):
        read_log(path)


def test_an_empty_or_missing_log_is_an_error_and_no_crash(tmp_path):
    (tmp_path / "empty.jsonl").write_bytes(b"")
    for name in ("empty.jsonl", "missing.jsonl"):
        with pytest.raises(InputProblems):
            read_log(tmp_path / name)


def test_equal_events_are_equal_bytes_whatever_the_order_of_their_fields():
    one = Event(1, 2.0, "say", {"text": "ü", "words": 1})
    other = Event(1, 2.0, "say", {"words": 1, "text": "ü"})
    assert one.line() == other.line()
    assert "ü".encode() in one.line()


def test_an_old_log_keeps_the_parameters_it_was_played_with(tmp_path, monkeypatch):
    path, _ = played(tmp_path)
    before = fold(read_log(path)).state.tolist()
    monkeypatch.setattr("stepdown.encounter.play.parameters", None)
    monkeypatch.setattr("stepdown.encounter.parameters.table", dict)
    assert fold(read_log(path)).state.tolist() == before


def test_a_killed_process_loses_nothing_that_it_acknowledged(tmp_path):
    """Real processes, killed by SIGKILL at two hundred points."""
    rng = random.Random(5)
    play()  # loads the scenario once, before the children are made
    for attempt in range(KILLS):
        path = tmp_path / f"{attempt}.jsonl"
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(told)
            _write_for_ever(path, tell)
        os.close(tell)
        with os.fdopen(told, "rb", buffering=0) as acknowledged:
            last = -1
            for _ in range(rng.randint(1, 6)):
                last = int.from_bytes(acknowledged.read(4), "big")
            os.kill(child, signal.SIGKILL)
            rest = acknowledged.read()
        os.waitpid(child, 0)
        if len(rest) >= 4:
            last = int.from_bytes(rest[len(rest) // 4 * 4 - 4 : len(rest) // 4 * 4], "big")
        events = read_log(path)
        assert len(events) > last, attempt
        fold(events)


def _write_for_ever(path, tell):
    file = LogFile(path)

    def sink(event):
        file.write(event)
        os.write(tell, event.n.to_bytes(4, "big"))

    encounter = Encounter.start(find_scenario("bridge"), 1, CUES, sink)
    while True:
        encounter.say("What happened?")
        encounter.move("step_back")
        if encounter.over:
            encounter.assess({})
            os._exit(0)


def test_lines_that_are_no_objects_are_refused(tmp_path):
    with pytest.raises(InputProblems):
        parsed([b"3", b"[]", b"null", b"\xff\xfe"], tmp_path / "x")


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity"])
@pytest.mark.parametrize("field", ["n", "t", "extra"])
def test_a_number_that_is_none_is_refused_wherever_it_stands(field, number):
    given = {"n": "1", "t": "2.0", "kind": '"dance"', "extra": "0", field: number}
    line = "{" + ", ".join(f'"{k}": {v}' for k, v in given.items()) + "}"
    with pytest.raises(InputProblems, match="one event as JSON"):
        parsed([line.encode()], Path("log"))


def test_a_thousand_edited_logs_give_errors_and_never_a_crash(tmp_path):
    path = tmp_path / "log.jsonl"
    encounter = play("emergency_room", 3)
    encounter.say("I'm Jo. I'm the nurse in charge here.")
    encounter.move("one_voice")
    encounter.wait(5)
    encounter.assess({"arousal": 7.0, "wants": "to be left alone"})
    encounter.stop()
    lines = [event.line() for event in encounter.events]
    rng = random.Random(5)
    refused = 0
    for _ in range(1000):
        try:
            render(review(parsed(edited(lines, rng), path)))
        except InputProblems as error:
            refused += all(p.where and p.given and p.fix for p in error.problems)
    assert refused > 500


def edited(lines, rng):
    """Return the lines of a log with a value somewhere in them changed, lost, or of a new kind."""
    records = [json.loads(line) for line in lines]
    place = rng.choice([0, *range(len(records))])
    inside = records[place]
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        parts = list(inside.values() if isinstance(inside, dict) else inside)
        inside = rng.choice([p for p in parts if isinstance(p, dict | list) and p] or [inside])
    key = rng.choice(list(inside) if isinstance(inside, dict) else range(len(inside)))
    if rng.random() < 0.3:
        del inside[key]
    else:
        junk = (
            None,
            -1,
            10**30,
            0.5,
            1e308,
            float("nan"),
            "x",
            [],
            {},
            [[1]],
            {"line": 9999},
            True,
        )
        inside[key] = rng.choice(junk)
    if rng.random() < 0.2:
        records.insert(place, records[rng.randrange(len(records))])
    return [json.dumps(record).encode() for record in records]


def test_a_log_that_cannot_be_written_is_an_error_and_no_crash(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputProblems, match="a place to write to"):
        LogFile(tmp_path / "file" / "log.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_an_error_and_the_event_is_not_acknowledged(tmp_path):
    path = tmp_path / "log.jsonl"
    with LogFile(path) as file:
        encounter = Encounter.start(find_scenario("bridge"), 3, CUES, file.write)
        os.dup2(os.open("/dev/full", os.O_WRONLY), file._file.fileno())
        with pytest.raises(InputProblems, match="No space left"):
            encounter.say("I'm Jo.")
        assert encounter.events[-1].kind == "start"
    assert len(read_log(path)) == 1
