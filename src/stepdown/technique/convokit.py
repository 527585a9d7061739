"""A coded transcript → a ConvoKit corpus folder, for those who go on with it there.

The layout is that of ConvoKit 3 to 5 (`Corpus.dump`): https://convokit.cornell.edu
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stepdown.problems import InputProblems, Problem
from stepdown.technique.transcript import Transcript, Turn
from stepdown.whole_file import write_whole

NAMELESS = "(no name)"
"""ConvoKit needs an id for every speaker."""

_FLOAT = "<class 'float'>"
_LIST = "<class 'list'>"
_DICT = "<class 'dict'>"


def export_convokit(
    transcript: Transcript,
    labels: Sequence[Sequence[str]],
    probabilities: Sequence[Mapping[str, float]],
    folder: Path,
    conversation: str,
) -> None:
    """Write one conversation as a ConvoKit corpus into a folder that is new or empty.

    `labels` and `probabilities` belong to the turns, empty for a turn that was not coded. Each
    utterance replies to the one before it; its timestamp is the start in seconds, None if unknown;
    meta holds labels, probabilities, end and flags. The folder appears whole or not at all. Raises
    InputProblems if it holds anything already or cannot be written.
    """
    _check(transcript, labels, probabilities, folder)
    files = _files(transcript, labels, probabilities, conversation)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            for name, text in files.items():
                write_whole(partial / name, text.encode("ascii"))
            partial.chmod(0o755)
            partial.replace(folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    except OSError as error:
        given = error.strerror or str(error)
        _refuse(folder, given, "a place that can be written to", "name another folder")


def _check(
    transcript: Transcript,
    labels: Sequence[Sequence[str]],
    probabilities: Sequence[Mapping[str, float]],
    folder: Path,
) -> None:
    if not len(transcript.turns) == len(labels) == len(probabilities):
        raise ValueError("labels and probabilities must have one entry per turn")
    try:
        if folder.exists() and not folder.is_dir():
            _refuse(folder, "a file", "a new or empty folder", "name another folder")
        if folder.is_dir() and any(folder.iterdir()):
            fix = "name another folder; nothing is overwritten"
            _refuse(folder, "a folder with files in it", "a new or empty folder", fix)
    except OSError as error:
        given = error.strerror or str(error)
        _refuse(folder, given, "a folder that can be read", "check its permissions")


def _refuse(folder: Path, given: str, expected: str, fix: str) -> None:
    raise InputProblems(folder.name, [Problem(str(folder), given, expected, fix)]) from None


def _files(
    transcript: Transcript,
    labels: Sequence[Sequence[str]],
    probabilities: Sequence[Mapping[str, float]],
    conversation: str,
) -> dict[str, str]:
    """Return the five files by name, in ASCII: ConvoKit opens them in the locale's encoding."""
    rows = zip(transcript.turns, labels, probabilities, strict=True)
    utterances = [_utterance(n, *row, conversation) for n, row in enumerate(rows)]
    speakers = dict.fromkeys(turn.speaker or NAMELESS for turn in transcript.turns)
    empty: dict[str, Any] = {"meta": {}, "vectors": []}
    documents = {
        "speakers.json": dict.fromkeys(speakers, empty),
        "conversations.json": {conversation: empty},
        "corpus.json": {"name": conversation, "notes": list(transcript.notes)},
        "index.json": {
            "utterances-index": {
                "labels": [_LIST], "probabilities": [_DICT], "end": [_FLOAT], "flags": [_LIST],
            },
            "speakers-index": {},
            "conversations-index": {},
            "overall-index": {"name": ["<class 'str'>"], "notes": [_LIST]},
            "version": 1,
            "vectors": [],
        },
    }  # fmt: skip
    lines = "".join(json.dumps(utterance) + "\n" for utterance in utterances)
    return {"utterances.jsonl": lines} | {
        name: json.dumps(document) for name, document in documents.items()
    }


def _utterance(
    number: int,
    turn: Turn,
    labels: Sequence[str],
    probabilities: Mapping[str, float],
    conversation: str,
) -> dict[str, Any]:
    return {
        "id": _id(conversation, number),
        "conversation_id": conversation,
        "text": turn.text,
        "speaker": turn.speaker or NAMELESS,
        "meta": {
            "labels": list(labels),
            "probabilities": {code: float(chance) for code, chance in probabilities.items()},
            "end": None if turn.end is None else float(turn.end),
            "flags": list(turn.flags),
        },
        "reply-to": _id(conversation, number - 1) if number else None,
        "timestamp": turn.start,
        "vectors": [],
    }


def _id(conversation: str, number: int) -> str:
    return f"{conversation}-{number + 1}"
