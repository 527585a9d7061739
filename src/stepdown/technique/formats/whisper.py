"""JSON of Whisper, WhisperX and kin → cues: one segment, one cue."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from stepdown.problems import InputProblems, Problem
from stepdown.technique.formats.clock import finite
from stepdown.technique.formats.cue import Cue, Script, refuse, time_problems

_LAYOUT = '{"segments": [{"start": 0.0, "end": 2.5, "text": "...", "speaker": "..."}]}'


def read_whisper(text: str, name: str) -> Script:
    """Read `{"segments": [...]}`, a bare list of segments, or `{"text": "..."}` alone.

    A segment without a speaker gets the one that most of its words have. Raises InputProblems with
    every segment that is wrong.
    """
    content = _parsed(text, name)
    segments = content.get("segments") if isinstance(content, dict) else content
    if segments is None and isinstance(content, dict) and isinstance(content.get("text"), str):
        return Script((Cue(1, None, content["text"]),), captions=False)
    problems: list[Problem] = []
    if not isinstance(segments, list):
        keys = ", ".join(f"'{key}'" for key in content) if isinstance(content, dict) else ""
        given = f"the keys {keys}" if keys else _kind(content)
        problem = Problem(name, given, _LAYOUT, "export the transcript as Whisper JSON")
        raise InputProblems(name, [problem])
    cues = [_cue(n, segment, problems) for n, segment in enumerate(segments, start=1)]
    refuse(name, problems)
    return Script(tuple(cues), captions=True)


def _parsed(text: str, name: str) -> Any:
    """Parse JSON, control characters in texts allowed."""
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        problem = Problem(
            f"line {error.lineno}, column {error.colno}",
            error.msg,
            "JSON",
            "export the transcript again; a file that was cut off cannot be read",
        )
    except (RecursionError, ValueError) as error:
        given = "lists within lists, too deep" if isinstance(error, RecursionError) else str(error)
        problem = Problem(name, given, _LAYOUT, "export the transcript as Whisper JSON")
    raise InputProblems(name, [problem])


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "nothing" if value is None else kinds.get(type(value), f"the number {value}")


def _cue(number: int, segment: object, problems: list[Problem]) -> Cue:
    where = f"segment {number}"
    if not isinstance(segment, dict):
        problems.append(Problem(where, _kind(segment), "an object with 'text'", "correct it"))
        return Cue(number, None, "")
    start = _time(where, segment, "start", problems)
    end = _time(where, segment, "end", problems)
    problems += time_problems(where, start, end)
    text = segment.get("text")
    if not isinstance(text, str):
        problems.append(
            Problem(f"{where}, 'text'", _kind(text), "a text", 'write what was said, or ""')
        )
        text = ""
    return Cue(number, _speaker(where, segment, problems), text, start, end)


def _time(where: str, segment: dict[str, Any], key: str, problems: list[Problem]) -> float | None:
    value = segment.get(key)
    if value is None:
        return None
    number = finite(value)
    if number is None:
        given = _kind(value) if not isinstance(value, str) else f"the text '{value[:40]}'"
        problems.append(
            Problem(f"{where}, '{key}'", given, "a number of seconds", "correct or remove it")
        )
    return number


def _speaker(where: str, segment: dict[str, Any], problems: list[Problem]) -> str | None:
    given = segment.get("speaker")
    if isinstance(given, int) and not isinstance(given, bool):
        return f"Speaker {given}"
    if isinstance(given, str) and given.strip():
        return given
    if given is not None and not isinstance(given, str):
        problems.append(
            Problem(f"{where}, 'speaker'", _kind(given), "a name", "write the name as a text")
        )
    words = segment.get("words")
    if not isinstance(words, list):
        return None
    named = [word.get("speaker") for word in words if isinstance(word, dict)]
    counts = Counter(n for n in named if isinstance(n, str) and n.strip())
    return counts.most_common(1)[0][0] if counts else None
