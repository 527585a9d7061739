"""What stands before a name: introductions, titles, relations, and words said to a person."""

from __future__ import annotations

from stepdown.technique.redaction.phrases import words
from stepdown.technique.redaction.places import RELATIONS, TITLES
from stepdown.technique.redaction.tokens import Line

_NAMED = (
    "name is", "name was", "name's", "names", "name", "named", "goes by", "go by", "went by",
    "first name", "last name", "maiden name is", "surname is", "surname",
)  # fmt: skip
_CALLED = ("call me", "calls me", "called me", "call him", "call her", "i am", "i'm", "this is")
_NAMED_WORDS = tuple(tuple(phrase.split()) for phrase in _NAMED)
_CALLED_WORDS = tuple(tuple(phrase.split()) for phrase in _CALLED)
_GOES_BY = tuple(
    (who, go, "by") for who in ("i", "he", "she", "they", "you") for go in ("go", "goes", "went")
)
PARTICLES = words("van von der den de da di del la le el al bin ibn abu dos")
"""Small words inside a family name."""

_PERSONS = words(
    "tell told ask asked call called with is it's this that's hey hi hello named about from "
    "by where's and got saw i'm like for help under who's loved killed text hit knows know "
    "officer thanks thank meet met see called seen patient bring get is he's she's me to"
)
_KIN = words("aunt auntie uncle grandma grandpa cousin granny")
_MOST_PARTICLES = 3
_OWNERS = words("my your his her our their the a an old best little big ex late")


def after_cue(line: Line, place: int) -> str | None:
    """Return what cue a word follows: "named", "goes by", "title", "relation", "called" or None."""
    before = _skip_back(line, place - 1)
    if _ends_with(line, before, _GOES_BY):
        return "goes by"
    if _ends_with(line, before, _NAMED_WORDS):
        return "named"
    low = line.low(before)
    if low in TITLES and not _miss(line, before):
        return "title"
    if _relation(line, before):
        return "relation"
    return "called" if _ends_with(line, before, _CALLED_WORDS) else None


def _skip_back(line: Line, before: int) -> int:
    """Go back over the point of `Dr.`, a colon and `van der`."""
    if line.low(before) in {":", "like"} or (
        line.low(before) == "." and line.low(before - 1) in TITLES
    ):
        before -= 1
    for _ in range(_MOST_PARTICLES):
        before -= line.low(before) in PARTICLES
    return before


def _relation(line: Line, place: int) -> bool:
    """Tell `my son`, `aunt`, and with capitals `my landlord,`."""
    place -= line.cased and line.low(place) == ","
    low = line.low(place)
    owned = line.low(place - 1) in _OWNERS or line.low(place - 2) in _OWNERS
    return (low in RELATIONS and owned) or low in _KIN


def _ends_with(line: Line, last: int, phrases: tuple[tuple[str, ...], ...]) -> bool:
    return any(
        all(line.low(last - back) == word for back, word in enumerate(reversed(phrase)))
        for phrase in phrases
    )


def _miss(line: Line, place: int) -> bool:
    """Tell `I miss` from `Miss`."""
    low = line.low(place)
    before = line.low(place - 1)
    return low in {"miss", "major", "private", "chief"} and before in {
        "i", "you", "we", "they", "to", "a", "the", "don't", "really", "in"
    }  # fmt: skip


def person_before(line: Line, place: int) -> bool:
    """Tell whether the word before is one that people are named after: `tell`, `with`, `is`."""
    return line.low(place - 1) in _PERSONS
