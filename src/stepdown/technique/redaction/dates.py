"""Calendar dates, written or spoken; weekdays and clock times are left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stepdown.technique.redaction.numbers import Run, read_number, read_run
from stepdown.technique.redaction.phrases import numbered, words
from stepdown.technique.redaction.spans import Span
from stepdown.technique.redaction.tokens import Line

_NUMERIC = re.compile(
    r"(?<![\w/.-])(?:\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}([/.-])\d{1,2}\2\d{1,2})(?![\w/-])"
)
_FULL = "january february march april may june july august september october november december"
MONTHS = frozenset(f"{_FULL} jan feb mar apr jun jul aug sep sept oct nov dec".split())
_PLAIN = frozenset({"may", "march", "mar", "jan", "sep", "dec"})
_ORDINALS = numbered(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
    1,
) | {"thirtieth": 30}
_WRITTEN_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th)")
_WEEKDAYS = words("monday tuesday wednesday thursday friday saturday sunday")
_BIRTH = words("born dob birthday birthday's birthdate birth d.o.b")
_BEFORE_YEAR = words("in since of born from by until till")
_UNITS = words(
    "minutes minute dollars bucks people feet foot miles times hours hours' days weeks months "
    "percent pounds milligrams grams yards years of"
)
_AFTER_BIRTH = words("is was 's it's : , on in of date that's")


def find_written(text: str) -> Iterator[Span]:
    """Give dates written in digits."""
    for match in _NUMERIC.finditer(text):
        yield Span(match.start(), match.end(), "date")


def find_spoken(line: Line) -> Iterator[Span]:
    """Give dates with a month, days of the month, years, and what follows `born` or `DOB`."""
    for place, token in enumerate(line.tokens):
        if token.low in MONTHS:
            yield from _with_month(line, place)
        elif token.low == "the":
            yield from _day_alone(line, place)
        elif token.low in _BIRTH:
            yield from _birth(line, place)
        if token.low in _BEFORE_YEAR:
            yield from _year_alone(line, place)


def _with_month(line: Line, month: int) -> Iterator[Span]:
    first, last = month, month
    if line.low(month - 1) == "of" and _day(line, month - 2, back=True):
        first = _day_start(line, month - 2)
    elif _day(line, month - 1, back=True):
        first = _day_start(line, month - 1)
    elif (line.low(month + 1) == "." and _day(line, month + 2)) or (
        line.low(month + 1) == "the" and _day(line, month + 2)
    ):
        last = month + 1 + _day(line, month + 2)
    elif _day(line, month + 1) and not _year(line, month + 1):
        last = month + _day(line, month + 1)
    dated = first < month or last > month
    after = last + 1 + (line.low(last + 1) in {",", "of", "in", "."})
    year = _year(line, after) or (_short_year(line, after) if dated else 0)
    if year:
        last = after + year - 1
    if dated or (year and (line.low(month) not in _PLAIN or line.low(month) in {"may", "march"})):
        yield Span(line.tokens[first].start, line.tokens[last].end, "date")


def _day(line: Line, place: int, back: bool = False) -> int:
    """Return how many tokens at a place say a day of the month, 0 if none do."""
    low = line.low(place)
    if _WRITTEN_ORDINAL.fullmatch(low) and int(low[:-2]) <= 31:
        return 1
    if line.kind(place) == "number":
        return int(len(low) <= 2 and 1 <= int(low) <= 31)
    if low in _ORDINALS:
        return 1
    if back:
        return 0
    if low in {"twenty", "thirty"}:
        after = place + 1 + (line.low(place + 1) == "-")
        if line.low(after) in _ORDINALS and _ORDINALS[line.low(after)] < 10:
            return after - place + 1
    value, length = read_number(line, place)
    return length if value and len(value) <= 2 and 1 <= int(value) <= 31 else 0


def _day_start(line: Line, place: int) -> int:
    """Go back over `twenty` and `the` before a day."""
    if line.low(place - 1) == "-" and line.low(place - 2) in {"twenty", "thirty"}:
        place -= 2
    elif line.low(place - 1) in {"twenty", "thirty"}:
        place -= 1
    return place - 1 if line.low(place - 1) == "the" else place


def _year(line: Line, place: int) -> int:
    """Return how many tokens at a place say a year of 1900 to 2039, 0 if none do."""
    low = line.low(place)
    if line.kind(place) == "number":
        return int(len(low) == 4 and 1900 <= int(low) <= 2039)
    if low in {"nineteen", "twenty"}:
        value, length = read_number(line, place + 1)
        if value and len(value) == 2 and value != "00" and low == line.low(place):
            return 1 + length
        if line.low(place + 1) in {"oh", "o"}:
            value, length = read_number(line, place + 2)
            return 2 + length if len(value) == 1 else 0
    if low == "two" and line.low(place + 1) == "thousand":
        return read_number(line, place)[1]
    return 0


def _short_year(line: Line, place: int) -> int:
    low = line.low(place)
    if line.kind(place) == "number":
        return int(len(low) in {2, 4})
    if line.kind(place - 1) == "mark" and line.low(place - 1) != ",":
        return 0
    value, length = read_number(line, place)
    return length if len(value) == 2 and int(value) > 31 else 0


def _day_alone(line: Line, the: int) -> Iterator[Span]:
    """Give `the 14th` where nothing follows that it could count, and `the fifth of next month`."""
    length = _day(line, the + 1)
    ordinal = length and line.kind(the + 1) != "number" and line.low(the + length)[-2:]
    if not length or ordinal not in {"st", "nd", "rd", "th"}:
        return
    after = the + length + 1
    if line.low(after) == "of" and line.low(after + 2) == "month":
        yield Span(line.tokens[the].start, line.tokens[after + 2].end, "date")
        return
    ends = line.kind(after) in {"", "mark"} and line.low(after) != "-"
    weekday = line.low(the - 1) in _WEEKDAYS
    said = line.kind(the + 1) == "mixed" and line.low(the - 1) in {"on", "since", "until", "by"}
    if weekday or (ends and (said or line.kind(the + 1) == "mixed")):
        yield Span(line.tokens[the].start, line.tokens[after - 1].end, "date")


def _year_alone(line: Line, before: int) -> Iterator[Span]:
    length = _year(line, before + 1)
    if length and line.low(before + 1 + length) not in _UNITS:
        yield Span(line.tokens[before + 1].start, line.tokens[before + length].end, "date")


def _birth(line: Line, cue: int) -> Iterator[Span]:
    place = cue + 1
    while line.low(place) in _AFTER_BIRTH:
        place += 1
    run = read_run(line, place)
    if run and 3 <= len(run.text) <= 8 and _says_date(line, run):
        yield Span(line.tokens[run.first].start, line.tokens[run.last].end, "date")


def _says_date(line: Line, run: Run) -> bool:
    return line.low(run.last + 1) not in _UNITS
