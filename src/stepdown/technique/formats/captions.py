"""Blocks of captions as WebVTT and SubRip share them: timing lines and the lines below them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stepdown.problems import Problem
from stepdown.technique.formats.clock import clock_seconds
from stepdown.technique.formats.cue import refuse, time_problems
from stepdown.technique.formats.lines import lines_of

_ARROW = re.compile(r"\s*(\S+)\s*-->\s*(\S+)")
_HEAD = re.compile(r"WEBVTT(\s|$)")
_SKIPPED = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")


@dataclass(slots=True)
class Caption:
    """One caption: its number in the file, the line of its times, and its text lines."""

    number: int
    line: int
    start: float | None
    end: float | None
    lines: list[str] = field(default_factory=list)


def captions_of(text: str, name: str) -> tuple[list[Caption], list[str]]:
    """Read the captions of a file, and notes on what was unusual.

    Text outside of a caption is kept with the caption before it. Raises InputProblems with every
    caption whose times cannot be.
    """
    problems: list[Problem] = []
    captions: list[Caption] = []
    stray = 0
    webvtt = _HEAD.match(text) is not None
    for first, block in _blocks(text):
        timed = next((i for i, line in enumerate(block) if is_timing(line)), None)
        if timed is not None:
            _add_timed(block[timed:], first + timed, captions, problems)
        elif webvtt and (first == 1 or _SKIPPED.match(block[0])):
            continue
        elif block != [str(len(captions) + 1)]:
            stray += len(block)
            if not captions:
                captions.append(Caption(0, first, None, None))
            captions[-1].lines += block
    refuse(name, problems)
    if not any(c.number for c in captions):
        given = "no line with two times and --> between them"
        refuse(name, [Problem(name, given, "captions", "export the captions again")])
    if not stray:
        return captions, []
    count = "1 line" if stray == 1 else f"{stray:,} lines"
    return captions, [f"{count} outside of a caption: kept with the caption before."]


def _blocks(text: str) -> list[tuple[int, list[str]]]:
    """Split at empty lines: the number of the first line, and the lines.

    A line of white space is none: recognisers put it inside of captions.
    """
    blocks: list[tuple[int, list[str]]] = []
    inside = False
    for number, line in enumerate(lines_of(text), start=1):
        if not line:
            inside = False
        elif inside:
            blocks[-1][1].append(line)
        else:
            blocks.append((number, [line]))
            inside = True
    return blocks


def _add_timed(
    block: list[str], first: int, captions: list[Caption], problems: list[Problem]
) -> None:
    """Add the captions of a block; it holds several where a blank line is missing."""
    for number, line in enumerate(block, start=first):
        if not is_timing(line):
            captions[-1].lines.append(line)
            continue
        if number > first and captions[-1].lines[-1:] == [str(len(captions) + 1)]:
            captions[-1].lines.pop()
        captions.append(_caption(line, len(captions) + 1, number, problems))


def is_timing(line: str) -> bool:
    """Tell a line of times, right or wrong, from a text with an arrow in it."""
    found = _ARROW.match(line)
    return found is not None and any(mark.isdigit() or mark == ":" for mark in found[1])


def _caption(text: str, number: int, line: int, problems: list[Problem]) -> Caption:
    """Read a line of times (settings after it are left alone), adding what is wrong with it."""
    found = _ARROW.match(text.replace("\0", ""))
    start, end = (clock_seconds(found[1]), clock_seconds(found[2])) if found else (None, None)
    where = f"line {line}, caption {number}"
    if start is None or end is None:
        problems.append(
            Problem(
                where,
                text.strip()[:80],
                "two times, such as 00:01:02.500 --> 00:01:04.000",
                "correct the times; minutes and seconds end at 59",
            )
        )
    else:
        problems += time_problems(where, start, end)
    return Caption(number, line, start, end)
