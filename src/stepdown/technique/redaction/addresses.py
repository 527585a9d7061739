"""Street addresses, corners, boxes and postcodes, written or spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stepdown.technique.redaction.dates import MONTHS
from stepdown.technique.redaction.numbers import read_run
from stepdown.technique.redaction.phrases import words
from stepdown.technique.redaction.places import RELATIONS, STATES, TITLES
from stepdown.technique.redaction.spans import Span
from stepdown.technique.redaction.tokens import Line

_UK = re.compile(r"(?<!\w)(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})(?!\w)")
_GRID = re.compile(r"(?<!\w)[NSEW]\d{2,5}(?:[NSEW]\d{2,5})?(?!\w)")
_STRONG = words(
    "street st avenue ave road rd lane ln drive boulevard blvd terrace highway hwy parkway "
    "pkwy turnpike alley crescent"
)
_WEAK = words("dr court ct place pl close square sq circle cir way trail row loop")
_ROUTES = words("interstate highway route hwy rte i us sr")
_SIDES = words("north south east west n s e w northeast northwest southeast southwest ne nw se sw")
_UNITS = words("apt apartment unit suite ste rm room flat lot trailer floor # building")
_AT = words("at on to from near off by around down up stay")
_STOPS = words(
    "the a an my your our his her their this that in on at to of off by up down across and or "
    "is was from over every each one no some any into out it i you he she we they wrong same "
    "right back dead side long every other which what whose these those middle over near "
    "around for with me him us them who where when there here be been am are not don't get "
    "got go going come came walk stay stop please left next last block whole dirt back shut "
    "closed live lived use used just like under through along until before after"
)
_NOT_STREET = words(
    "minutes minute hours hour dollars bucks people feet foot miles times days weeks months "
    "years percent pounds milligrams o'clock am pm a p in or and to is tonight today tomorrow "
    "this the i you he she it we they for on at with when if milligram grams blocks more less"
)

_MOST_PARTS = 6


def find_written(text: str) -> Iterator[Span]:
    """Give UK postcodes and numbers of the rural grid."""
    for pattern in (_UK, _GRID):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), "address")


def find_spoken(line: Line) -> Iterator[Span]:
    """Give streets with or without a number, corners, routes, boxes and ZIP codes."""
    if line.tokens and _alone(line):
        yield from _numbered(line, -1)
    for place, token in enumerate(line.tokens):
        low = token.low
        if low in _STRONG or low in _WEAK:
            yield from _street(line, place)
        elif low == "corner":
            yield from _corner(line, place)
        elif low in {"box", "zip"}:
            yield from _box(line, place)
        elif low in _AT:
            yield from _numbered(line, place)
        if low in _ROUTES or (low == "county" and line.low(place + 1) == "road"):
            yield from _route(line, place)
        if low == "block" and line.low(place + 1) == "of":
            yield from _block(line, place)


def _alone(line: Line) -> bool:
    """Tell a line that is an address: `fourteen twenty Elm`."""
    run = read_run(line, 0)
    return run is not None and run.words > 1 and len(run.text) == 4 and _ends(line, run.last + 2)


def _ends(line: Line, place: int) -> bool:
    return line.kind(place) in {"", "mark"}


def _name_start(line: Line, suffix: int) -> int:
    """Go back from `Street` over at most four words of its name."""
    first = suffix
    while suffix - first < 4 and first > 0 and _names_street(line, first - 1):
        first -= 1
    return first


def _names_street(line: Line, place: int) -> bool:
    token = line.tokens[place]
    if token.low == "." and line.low(place - 1) in _SIDES | {"st"}:
        return True
    if (
        token.kind not in {"word", "mixed"}
        or token.low in _STOPS | TITLES
        or _house_code(line, place)
    ):
        return False
    if token.low in _SIDES:
        return True
    number = read_run(line, place)
    if number is not None and not token.low.endswith(("th", "st", "nd", "rd")):
        return False
    return token.capital or token.kind == "mixed" or not line.cased


def _street(line: Line, suffix: int) -> Iterator[Span]:
    token = line.tokens[suffix]
    first = _name_start(line, suffix)
    if first == suffix or (line.cased and not token.capital):
        return
    number = _house(line, first)
    weak = token.low in _WEAK
    if number is None and (weak or not _placed(line, first)):
        return
    start = first if number is None else number
    yield _span(line, _unit_before(line, start), _tail(line, suffix))


def _placed(line: Line, first: int) -> bool:
    """Tell whether a street without a number is a name: capitals, or a word of place before."""
    if line.cased:
        return True
    return line.low(first - 1) in _AT | {"", "and", "of", "in", "down", "we're", "block", "over"}


def _house(line: Line, first: int) -> int | None:
    """Return where the house number before a street name starts."""
    place = first
    while place > 0 and first - place < 6:
        run = read_run(line, place - 1)
        if run is None and not _house_code(line, place - 1):
            break
        place -= 1
    return place if place < first else None


def _house_code(line: Line, place: int) -> bool:
    low = line.low(place)
    return (
        line.kind(place) == "mixed"
        and low[:1].isdigit()
        and len(low) <= 5
        and not low.endswith(("st", "nd", "rd", "th"))
    )


def _unit_before(line: Line, start: int) -> int:
    """Take in `Unit 12,` or `apartment four c at` before the number."""
    for back in range(2, 6):
        place = start - back
        if place >= 0 and line.low(place) in _UNITS and line.low(start - 1) in {",", "at", "in"}:
            return place
    return start


def _tail(line: Line, last: int) -> int:
    """Take in a unit, a town, a state and a ZIP code after a street."""
    if line.low(last) in _STRONG | _WEAK and line.low(last + 1) == "." and len(line.low(last)) < 5:
        nxt = line.low(last + 2)
        last += nxt in _UNITS or nxt in {",", "and"} or line.kind(last + 2) == "number"
    for _ in range(_MOST_PARTS):
        comma = line.low(last + 1) in {",", "in"}
        here = last + 1 + comma
        if line.low(here) in _SIDES and not comma and line.low(last) not in _SIDES:
            last = here
            continue
        ended = _one_tail(line, here, comma)
        if ended < here:
            break
        last = ended
    return last


def _one_tail(line: Line, here: int, comma: bool) -> int:
    """Return the last token of a unit, town with state, state or ZIP at a place, else before it."""
    low = line.low(here)
    if low in _UNITS:
        start = here + 1 + (line.low(here + 1) == ".")
        run = read_run(line, start, letters=True)
        return run.last if run else here - 1
    if _is_state(line, here):
        last = here + (low not in STATES)
        return last + (line.kind(last + 1) == "number" and len(line.low(last + 1)) == 5)
    if line.kind(here) == "number" and len(low) == 5 and comma:
        return here
    if comma and line.cased and line.kind(here) == "word" and line.tokens[here].capital:
        town = here
        while town - here < 3 and line.kind(town + 1) == "word" and line.tokens[town + 1].capital:
            if line.low(town + 1) in STATES:
                break
            town += 1
        after = town + 1 + (line.low(town + 1) == ",")
        stated = _is_state(line, after)
        coded = line.kind(after) == "mixed" and line.tokens[after].text.isupper()
        return town if stated or coded else here - 1
    return here - 1


def _is_state(line: Line, place: int) -> bool:
    low = line.low(place)
    if len(low) == 2:
        return low in STATES and line.cased and line.tokens[place].text.isupper()
    return low in STATES or f"{low} {line.low(place + 1)}" in STATES


def _corner(line: Line, corner: int) -> Iterator[Span]:
    if line.low(corner + 1) != "of":
        return
    place = corner + 2
    both = line.tokens[place : place + 7]
    ands = [i for i, t in enumerate(both, place) if t.low in {"and", "&"}]
    if not ands:
        return
    last = ands[0]
    while last - ands[0] < 3 and _crossing(line, last + 1):
        last += 1
        if line.low(last) in _STRONG | _WEAK:
            break
    if last > ands[0]:
        first = corner - (line.low(corner - 1) == "the")
        yield _span(line, first, last)


def _crossing(line: Line, place: int) -> bool:
    if line.kind(place) not in {"word", "mixed", "number"} or line.low(place) in _STOPS:
        return False
    return not line.cased or line.tokens[place].capital or line.kind(place) != "word"


def _box(line: Line, place: int) -> Iterator[Span]:
    start = place
    if line.low(place) == "box":
        while start > 0 and place - start < 4 and line.low(start - 1) in {"p", "o", ".", "po"}:
            start -= 1
        if start == place:
            return
    skipped = place + 1
    while line.low(skipped) in {"code", "is", "it's", "'s", "number", ":", "#"}:
        skipped += 1
    run = read_run(line, skipped)
    if run and len(run.text) >= (1 if line.low(place) == "box" else 5):
        yield _span(line, run.first if line.low(place) == "zip" else start, _tail(line, run.last))


def _numbered(line: Line, at: int) -> Iterator[Span]:
    """Give `at fourteen twenty elm` and `at 519 Birch`."""
    run = read_run(line, at + 1)
    if run is None or not 3 <= len(run.text) <= 5 or run.last + 1 >= len(line.tokens):
        return
    after = line.tokens[run.last + 1]
    side = after.low in _SIDES
    street = line.tokens[run.last + 2] if side and run.last + 2 < len(line.tokens) else after
    if street.kind != "word" or street.low in _NOT_STREET | _STOPS | MONTHS | RELATIONS:
        return
    if line.cased and not street.capital:
        return
    yield _span(line, at + 1, _tail(line, run.last + 1 + side))


def _route(line: Line, place: int) -> Iterator[Span]:
    number = place + 1 + (line.low(place) == "county") + (line.low(place + 1) == "-")
    run = read_run(line, number)
    letter = line.low(place) == "county" and len(line.low(number)) <= 2 and line.kind(number)
    short = line.low(place) in {"i", "us", "sr"}
    if short and not (line.kind(number) == "number" and line.tokens[place].text.isupper()):
        return
    if run is None and not letter:
        return
    last = run.last if run else number
    if line.low(last + 1) in {"and", "at", "&"}:
        crossing = last + 1
        while crossing - last < 5 and _crossing(line, crossing + 1):
            crossing += 1
            if line.low(crossing) in _STRONG | _WEAK:
                last = crossing
                break
    yield _span(line, place, last)


def _block(line: Line, block: int) -> Iterator[Span]:
    first = _house(line, block)
    last = block + 1
    while last - block < 5 and _crossing(line, last + 1):
        last += 1
        if line.low(last) in _STRONG | _WEAK:
            break
    if first is not None and last > block + 1:
        yield _span(line, first, last)


def _span(line: Line, first: int, last: int) -> Span:
    return Span(line.tokens[first].start, line.tokens[last].core, "address")
