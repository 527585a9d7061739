"""Names of people in a text: found word by word, then grown to the whole name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stepdown.technique.redaction.cues import PARTICLES
from stepdown.technique.redaction.judging import barred, could_be, is_name
from stepdown.technique.redaction.lexicon import SURNAME_WORDS, lexicon
from stepdown.technique.redaction.phrases import words
from stepdown.technique.redaction.places import NOT_PEOPLE
from stepdown.technique.redaction.spans import Span
from stepdown.technique.redaction.tokens import Line, Token

_AFTER_SURNAME = words(
    "reported said says is was has had and he she who with called lives went came at from"
) | {""}
_PREFIXES = words("big lil")
_LONGEST_SPELT = 30


def find_names(lines: Iterable[Line], known: frozenset[str]) -> Iterator[Span]:
    """Give the names in the lines of a text; one found anywhere is a name in every line.

    `known` are the folded parts of the names of a roster.
    """
    lines = list(lines)
    found = [_places(line, known) for line in lines]
    said = {lines[i].tokens[p].key for i, places in enumerate(found) for p in places}
    said = {key for key in said if len(key) > 2 and key not in PARTICLES} | known
    for line, places in zip(lines, found, strict=True):
        again = _places(line, frozenset(said)) if said - known else set()
        yield from _spans(line, again | places)
        yield from _spelt(line, said)


def _places(line: Line, known: frozenset[str]) -> set[int]:
    """Return the places of all words of a line that are names."""
    found: set[int] = set()
    for place, token in enumerate(line.tokens):
        if place not in found and could_be(token) and is_name(line, place, known):
            found |= _whole(line, place)
    return found


def _whole(line: Line, place: int) -> set[int]:
    """Return the places of the whole name that a word is part of."""
    first, last = place, place
    while (after := _next(line, last)) is not None:
        last = after
    while (before := _previous(line, first)) is not None:
        first = before
    return set(range(first, last + 1))


def _next(line: Line, place: int) -> int | None:
    """Return where a name goes on: over a hyphen, an initial or particles; None if it ends."""
    tokens = line.tokens
    if tokens[place].core < tokens[place].end:
        return None
    after = place + 1
    while after < len(tokens) and after - place < 4 and _links(tokens, after):
        after += 1
    if after >= len(tokens) or tokens[after].kind != "word":
        return None
    return after if _goes_on(line, place, after) else None


def _goes_on(line: Line, place: int, after: int) -> bool:
    token = line.tokens[after]
    if line.low(after - 1) == "-":
        return token.start == line.tokens[after - 1].end and len(token.key) > 1
    if not could_be(token) or barred(token):
        return False
    if line.cased:
        return token.capital
    sort = lexicon().sort(token.key)
    if token.key in SURNAME_WORDS and line.low(after + 1) in _AFTER_SURNAME:
        return True
    short = sort == "unknown" and len(token.key) == 2
    return sort in {"given", "surname"} or short or (after > place + 1 and sort != "word")


def _previous(line: Line, place: int) -> int | None:
    """Return where a name starts earlier: over a hyphen, particles or an unlisted first name."""
    tokens = line.tokens
    if place == 0:
        return None
    token = tokens[place - 1]
    if token.text == "-" and place >= 2 and tokens[place - 2].kind == "word":
        joined = tokens[place - 2].end == token.start and token.end == tokens[place].start
        part = tokens[place - 2].low in PARTICLES
        part = part or lexicon().sort(tokens[place - 2].key) != "word"
        return place - 2 if joined and part else None
    if token.kind != "word" or token.core < token.end:
        return None
    if token.low in _PREFIXES or (token.low in PARTICLES and place >= 2):
        return place - 1
    capital = line.cased and token.capital and not line.starts_sentence(place - 1)
    person = could_be(token) and not barred(token) and token.low not in NOT_PEOPLE
    return place - 1 if capital and person else None


def _links(tokens: tuple[Token, ...], place: int) -> bool:
    """Tell whether a token stands inside a name: a hyphen, an initial and its point, `van`."""
    token, before = tokens[place], tokens[place - 1]
    if token.text == "-":
        return token.start == before.end
    if token.text == ".":
        return len(before.text) == 1 and before.kind == "word"
    initial = token.kind == "word" and len(token.text) == 1 and token.capital and token.low != "i"
    dotted = place + 1 < len(tokens) and tokens[place + 1].text == "."
    return token.low in PARTICLES or (initial and dotted)


def _spans(line: Line, places: set[int]) -> Iterator[Span]:
    """Join neighbouring places into one span each; a closing 's stays outside."""
    start: int | None = None
    for place in sorted(places):
        token = line.tokens[place]
        start = token.start if start is None else start
        if place + 1 not in places:
            yield Span(start, token.core, "name")
            start = None


def _spelt(line: Line, said: set[str]) -> Iterator[Span]:
    """Give names spelt letter by letter: `R-A-M-A-N`, `r a m a n`."""
    place = 0
    while place < len(line.tokens):
        letters, last, here = "", place, place
        while here < len(line.tokens) and len(letters) < _LONGEST_SPELT:
            token = line.tokens[here]
            if token.kind == "word" and len(token.text) == 1:
                letters, last = letters + token.key, here
            elif token.text not in {"-", "."} or not letters:
                break
            here += 1
        listed = lexicon().sort(letters) in {"given", "surname"}
        if len(letters) > 2 and (letters in said or listed):
            yield Span(line.tokens[place].start, line.tokens[last].end, "name")
        place = max(here, place + 1)
