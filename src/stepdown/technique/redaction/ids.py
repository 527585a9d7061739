"""Numbers that stand for a person or a vehicle: by their shape, or by the words before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from stepdown.technique.redaction.numbers import PHONETIC, Run, read_run
from stepdown.technique.redaction.phrases import words
from stepdown.technique.redaction.spans import Kind, Span
from stepdown.technique.redaction.tokens import Line

_ID: Kind = "id"
_PLATE: Kind = "plate"
_PHONE: Kind = "phone"
_SHAPES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("id", re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")),
    ("id", re.compile(r"(?<![\w-])\d{2,4}-\d{5,9}(?![\w-])")),
    ("id", re.compile(r"(?<![\w-])[A-Z]{1,4}-?\d{6,12}(?![\w-])")),
    ("id", re.compile(r"(?<![\w-])[A-Z]{2,3}-\d{2,4}-\d{3,8}(?![\w-])")),
    ("id", re.compile(r"(?<![\w-])\d[A-Z][A-Z0-9]\d-[A-Z][A-Z0-9]\d-[A-Z]{2}\d{2}(?![\w-])")),
    ("plate", re.compile(r"(?<![\w-])[A-Z]{3}[ -]?\d{3,4}(?![\w-])")),
    ("plate", re.compile(r"(?<![\w-])[A-Z]{1,3}-?\d{3,4}[A-Z]{1,2}(?![\w-])")),
    ("plate", re.compile(r"(?<![\w-])\d[A-Z]{3}\d{3}(?![\w-])")),
    ("plate", re.compile(r"(?<![\w-])[A-Z]{2}\d{2} ?[A-Z]{3}(?![\w-])")),
)
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){11,18}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{2,4}){3,8}(?!\w)")
_IP = re.compile(r"(?<![\w.:])[0-9A-Fa-f:.]{3,39}(?![\w:])")

_ID_CUES = (
    "social security|social|ssn|badge|case|incident|report|medical record|record|mrn|driver's "
    "license|drivers license|driving licence|license number|licence number|passport|inmate|"
    "employee|member|insurance|account|routing|card|medicaid|medicare|prescription|warrant|"
    "probation|parole|policy|patient|chart|nhs|docket|order|id|bracelet|invoice|booking|claim|"
    "serial|student|visa|permit|reference|confirmation|customer|oln|dl|pin"
)
_PLATE_CUES = "plate|plates|license plate|licence plate|tag|tags|reg|registration|reg's|plate's"
_PHONE_CUES = "phone|cell|mobile|telephone|landline|fax|pager"
_CUES: dict[str, Kind] = {
    **dict.fromkeys(_ID_CUES.split("|"), _ID),
    **dict.fromkeys(_PLATE_CUES.split("|"), _PLATE),
    **dict.fromkeys(_PHONE_CUES.split("|"), _PHONE),
}
_BETWEEN = words(
    "is it's its it 's was number num no # : , . ends ending in that's says and um uh the of "
    "my his her going to be comes back reads id on tag card are dash just only got a partial"
) | {"number's", "id's"}
_NUMBER_NOUN = words(
    "room bus bed page option channel step unit house apartment car track line gate one route "
    "floor ward"
)
_REACH = 8


def find_written(text: str) -> Iterator[Span]:
    """Give SSNs, case numbers, plates, cards (Luhn), IBANs and IP addresses by their shape."""
    for kind, pattern in _SHAPES:
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), kind)
    for match in _CARD.finditer(text):
        if _luhn(re.sub(r"\D", "", match[0])):
            yield Span(match.start(), match.end(), "id")
    for match in _IBAN.finditer(text):
        if _iban(match[0].replace(" ", "")):
            yield Span(match.start(), match.end(), "id")
    for match in _IP.finditer(text):
        found = match[0].rstrip(".:")
        if found.count(".") == 3 or found.count(":") > 2:
            try:
                ip_address(found)
            except ValueError:
                continue
            yield Span(match.start(), match.start() + len(found), "id")


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(int(d) * 2, 10)) for d in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0


def _iban(code: str) -> bool:
    if not 15 <= len(code) <= 34:
        return False
    moved = (code[4:] + code[:4]).upper()
    return code.isascii() and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def find_spoken(line: Line) -> Iterator[Span]:
    """Give what follows `case number`, `plate`, `badge` and the like, and codes spelt out."""
    place = 0
    while place < len(line.tokens):
        cue, length = _cue(line, place)
        found = _after(line, place + length, cue) if cue else None
        if cue and found:
            yield _span(line, found, cue)
            place = found.last + 1
            continue
        spelt = read_run(line, place, letters=True)
        if spelt is None:
            place += max(1, length)
            continue
        if _spelt_out(line, spelt):
            yield _span(line, spelt, "plate" if len(spelt.text) <= 8 else "id")
            place = spelt.last + 1
        else:
            place += 1
    yield from _numbered(line)


def _cue(line: Line, place: int) -> tuple[Kind | None, int]:
    two = f"{line.low(place)} {line.low(place + 1)}"
    if two in _CUES:
        return _CUES[two], 2
    one = line.low(place).removesuffix("'s")
    return (_CUES[one], 1) if one in _CUES else (None, 0)


def _after(line: Line, place: int, kind: Kind) -> Run | None:
    """Find the code after a cue, over at most 8 words that may stand between."""
    for here in range(place, min(place + _REACH, len(line.tokens))):
        run = read_run(line, here, letters=kind != "phone")
        if run and _enough(run, kind) and not _article(line, run):
            return run
        if line.low(here) not in _BETWEEN and line.kind(here) != "mark":
            return None
    return None


def _enough(run: Run, kind: Kind) -> bool:
    if kind == "phone":
        return run.digits >= 7
    if kind == "plate":
        return len(run.text) >= 4 and run.digits >= 1
    return run.digits >= 3 and len(run.text) >= 4 - (run.words == 0)


def _article(line: Line, run: Run) -> bool:
    """Tell whether a run opens with the word `a` or `i` and is then only a number."""
    first = line.low(run.first)
    return first in {"a", "i"} and run.last > run.first and run.text[1:].isdigit() and run.words < 4


def _spelt_out(line: Line, run: Run) -> bool:
    """Tell whether somebody spells a code: letters and digits one by one, six or more."""
    words = [line.low(i) for i in range(run.first, run.last + 1)]
    letters = sum(w in PHONETIC or (len(w) == 1 and w.isalpha()) for w in words)
    return run.words >= 5 and letters >= 2 and run.digits >= 2 and len(run.text) >= 5


def _numbered(line: Line) -> Iterator[Span]:
    """Give the code after `number is`, whatever the number is of."""
    for place, token in enumerate(line.tokens):
        if token.low in {"number", "number's"} and line.low(place - 1) not in _NUMBER_NOUN:
            run = _after(line, place + 1, "id")
            if run and len(run.text) >= 4:
                kind: Kind = "phone" if run.digits in {7, 10, 11} else "id"
                yield _span(line, run, kind)


def _span(line: Line, run: Run, kind: Kind) -> Span:
    return Span(line.tokens[run.first].start, line.tokens[run.last].end, kind)
