"""Telephone numbers, written or spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from stepdown.technique.redaction.numbers import read_run
from stepdown.technique.redaction.spans import Span
from stepdown.technique.redaction.tokens import Line

_TEN = re.compile(
    r"(?<![\w.-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}"
    r"(?:,? ?(?:ext|x)\.? ?\d{1,5})?(?!\w)"
)
_SEVEN = re.compile(r"(?<![\w.-])[2-9]\d{2}[ .-]\d{4}(?![\w-])")
_ABROAD = re.compile(r"(?<!\w)(?:\+|00)[1-9]\d{0,2}(?:[ .()-]{0,2}\d{2,5}){2,5}(?!\w)")
_LENGTHS = {7, 10, 11}
_COUNTING = "123456789101112131415"


def find_written(text: str, region: str) -> Iterator[Span]:
    """Give what is a telephone number in `region` or by its shape."""
    for match in phonenumbers.PhoneNumberMatcher(text, region):
        yield Span(match.start, match.end, "phone")
    for pattern in (_TEN, _SEVEN, _ABROAD):
        for found in pattern.finditer(text):
            yield Span(found.start(), found.end(), "phone")


def find_spoken(line: Line) -> Iterator[Span]:
    """Give runs of 7, 10 or 11 spoken digits as phones, longer or 8 to 9 as ids."""
    place = 0
    while place < len(line.tokens):
        run = read_run(line, place)
        if run is None:
            place += 1
            continue
        place = run.last + 1
        if run.words < 4 or len(run.text) < 7 or _COUNTING.startswith(run.text):
            continue
        start, end = line.tokens[run.first].start, line.tokens[run.last].end
        yield Span(start, end, "phone" if len(run.text) in _LENGTHS else "id")
