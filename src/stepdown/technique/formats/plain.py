"""Plain text → cues: `NAME: text`, with or without times."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from stepdown.problems import Problem
from stepdown.technique.formats.clock import clock_seconds
from stepdown.technique.formats.cue import Cue, Script, refuse, time_problems
from stepdown.technique.formats.lines import lines_of
from stepdown.technique.formats.names import known_names, label, said_by, written_as_name

_TIME = r"-?\d{1,4}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?"
_BRACKETED = re.compile(rf"\s*[\[(]({_TIME})(?:\s*(?:-->|-|–|to)\s*({_TIME}))?[\])]\s*[-–:]?\s*")
_BARE = re.compile(rf"\s*({_TIME})\s*(?:[-–]\s*)?(?:\s|$)()")
# A head line of Otter, Teams or Zoom: the name and the time, what was said below it.
_HEAD = re.compile(rf"\s*(?P<name>\S.{{0,39}}?)\s+[\[(]?(?P<time>{_TIME})[\])]?\s*")


@dataclass(slots=True)
class _Line:
    """One line: its time, if any, and what stands after it. `bare` marks a time in no brackets."""

    number: int
    given: str
    rest: str
    start: float | None
    end: float | None
    bare: bool = False


def read_plain(text: str, name: str) -> Script:
    """Read lines of `NAME: text`. Lines below without a name go on with it.

    A time alone on a line belongs to the line below. In a file that names nobody each line is a
    turn. Raises InputProblems with impossible times.
    """
    lines = [_line(number, line) for number, line in enumerate(lines_of(text), start=1)]
    names = known_names(line.rest for line in lines)
    heads = _heads(lines)
    bare = _bare_times_count(lines, names)
    problems: list[Problem] = []
    cues: list[Cue] = []
    times: tuple[float | None, float | None] = (None, None)
    for line in lines:
        if not line.given.strip():
            continue
        problems += time_problems(f"line {line.number}", line.start, line.end)
        if line.start is not None and not line.rest.strip():
            times = (line.start, line.end)
            continue
        cue = _cue(line, names, heads, bare)
        if cue.start is None:
            cue = replace(cue, start=times[0], end=times[1])
        times = (None, None)
        if cue.speaker is None and cues and cues[-1].speaker is not None:
            cues[-1] = _longer(cues[-1], cue)
        else:
            cues.append(cue)
    refuse(name, problems)
    return Script(tuple(cues), captions=False)


def _line(number: int, given: str) -> _Line:
    for pattern, bare in ((_BRACKETED, False), (_BARE, True)):
        found = pattern.match(given)
        start = clock_seconds(found[1]) if found else None
        if found and start is not None:
            end = clock_seconds(found[2]) if found[2] else None
            return _Line(number, given, given[found.end() :], start, end, bare)
    return _Line(number, given, given, None, None)


def _heads(lines: list[_Line]) -> frozenset[int]:
    """Return the numbers of lines that hold a name and a time and nothing else."""
    found = {
        line.number
        for line in lines
        if (head := _HEAD.fullmatch(line.given))
        and label(f"{head['name']}:") is not None
        and written_as_name(head["name"])
        and clock_seconds(head["time"]) is not None
    }
    return frozenset(found) if len(found) > 1 else frozenset()


def _bare_times_count(lines: list[_Line], names: frozenset[str]) -> bool:
    """Tell whether times in no brackets are times in a file without names: most lines have one."""
    filled = [line for line in lines if line.given.strip()]
    timed = sum(line.bare for line in filled)
    return not names and timed >= len(filled) / 2


def _cue(line: _Line, names: frozenset[str], heads: frozenset[int], bare: bool) -> Cue:
    if line.number in heads:
        head = _HEAD.fullmatch(line.given)
        if head:
            return Cue(line.number, head["name"], "", clock_seconds(head["time"]))
    speaker, rest, beside = said_by(line.rest, names)
    if line.bare and speaker is None and not bare:
        return Cue(line.number, None, line.given)
    start = line.start
    if start is None and beside is not None:
        start = clock_seconds(beside)
        rest = rest if start is not None else f"({beside}) {rest}"
    return Cue(line.number, speaker, rest, start, line.end)


def _longer(cue: Cue, more: Cue) -> Cue:
    """Join a line that goes on with the turn above it."""
    end = more.end if more.end is not None else cue.end
    return Cue(cue.line, cue.speaker, f"{cue.text}\n{more.text}", cue.start, end)
