import json

import pytest

from stepdown.problems import InputProblems
from stepdown.technique.convokit import export_convokit
from stepdown.technique.transcript import Transcript, Turn

TALK = Transcript(
    (
        Turn("Lee", "You sound tired. 😀", 0.0, 2.5),
        Turn("", "go away", None, None, ("speaker not named",)),
        Turn("Lee", "Okay.", 4.0, None),
    ),
    ("1 empty turn was left out.",),
)
LABELS = [("reflection",), (), ("command", "limit")]
CHANCES = [{"reflection": 0.9}, {}, {"command": 0.7, "limit": 0.8}]


def export(folder):
    export_convokit(TALK, LABELS, CHANCES, folder, "event-1")


def test_the_folder_has_what_convokit_reads(tmp_path):
    export(tmp_path / "new" / "corpus")
    folder = tmp_path / "new" / "corpus"
    assert sorted(p.name for p in folder.iterdir()) == [
        "conversations.json", "corpus.json", "index.json", "speakers.json", "utterances.jsonl",
    ]  # fmt: skip
    first, second, third = map(json.loads, (folder / "utterances.jsonl").read_text().splitlines())
    assert first == {
        "id": "event-1-1", "conversation_id": "event-1", "text": "You sound tired. 😀",
        "speaker": "Lee", "reply-to": None, "timestamp": 0.0, "vectors": [],
        "meta": {
            "labels": ["reflection"], "probabilities": {"reflection": 0.9}, "end": 2.5, "flags": [],
        },
    }  # fmt: skip
    assert (second["speaker"], second["timestamp"], second["meta"]["end"]) == (
        "(no name)", None, None,
    )  # fmt: skip
    assert (second["reply-to"], third["reply-to"]) == ("event-1-1", "event-1-2")
    speakers = json.loads((folder / "speakers.json").read_text())
    assert speakers == {n: {"meta": {}, "vectors": []} for n in ("Lee", "(no name)")}
    assert list(json.loads((folder / "conversations.json").read_text())) == ["event-1"]
    index = json.loads((folder / "index.json").read_text())
    assert set(index["utterances-index"]) == set(first["meta"])
    assert {"speakers-index", "conversations-index", "overall-index", "version"} <= set(index)


def test_files_are_ascii_because_convokit_opens_them_in_the_locales_encoding(tmp_path):
    export(tmp_path / "c")
    assert all(path.read_bytes().isascii() for path in (tmp_path / "c").iterdir())


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "c").mkdir()
    export(tmp_path / "c")
    assert len(list((tmp_path / "c").iterdir())) == 5
    assert [p.name for p in tmp_path.iterdir()] == ["c"]


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "mine.txt").write_text("keep")
    with pytest.raises(InputProblems, match="nothing is overwritten"):
        export(tmp_path / "c")
    with pytest.raises(InputProblems, match="a new or empty folder"):
        export(tmp_path / "c" / "mine.txt")
    assert (tmp_path / "c" / "mine.txt").read_text() == "keep"


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputProblems, match="name another folder"):
        export(tmp_path / "file" / "c")


def test_a_failure_halfway_leaves_nothing(tmp_path, monkeypatch):
    def full(path, content):
        if path.name == "index.json":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("stepdown.technique.convokit.write_whole", full)
    with pytest.raises(InputProblems, match="No space left"):
        export(tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


def test_codings_must_belong_to_the_turns(tmp_path):
    with pytest.raises(ValueError, match="one entry per turn"):
        export_convokit(TALK, LABELS[:2], CHANCES, tmp_path / "c", "event-1")
