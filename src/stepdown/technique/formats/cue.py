"""What every format reader gives: cues, in the order of the file."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.problems import InputProblems, Problem

LISTED = 50
"""How many problems of one file are written out; a reader fixes no more than that by hand."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A stretch of speech as the file gives it.

    `line` is the place in the file, counted from 1 (a line, or a segment of a JSON file).
    `speaker` is None where the file names nobody. Times are seconds, None where unknown. `changed`
    says that the file marks a change of speaker here without a name.
    """

    line: int
    speaker: str | None
    text: str
    start: float | None = None
    end: float | None = None
    changed: bool = False
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """All cues of a file.

    `captions` says that the file cuts speech to the size of a screen or of a recogniser's segment,
    so that neighbours may belong together; otherwise each cue is a turn of its own.
    """

    cues: tuple[Cue, ...]
    captions: bool
    notes: tuple[str, ...] = ()


def refuse(name: str, problems: list[Problem]) -> None:
    """Raise InputProblems for a file unless the list is empty. Long lists end in a count."""
    if not problems:
        return
    shown = problems[:LISTED]
    more = len(problems) - len(shown)
    if more:
        shown.append(
            Problem(name, f"{more:,} more problems", "none", "fix the ones above, then read again")
        )
    raise InputProblems(name, shown)


def time_problems(where: str, start: float | None, end: float | None) -> list[Problem]:
    """Say what is impossible about the times of one cue, in seconds."""
    negative = [t for t in (start, end) if t is not None and t < 0]
    if negative:
        return [
            Problem(
                where,
                f"a negative time: {negative[0]:.3f} s",
                "times of 0 or later",
                "count times from the start of the recording",
            )
        ]
    if start is not None and end is not None and end < start:
        return [
            Problem(
                where,
                f"it starts at {start:.3f} s but ends at {end:.3f} s",
                "an end at or after the start",
                "exchange or correct the two times",
            )
        ]
    return []
