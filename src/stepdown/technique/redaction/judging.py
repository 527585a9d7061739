"""Is this word somebody's name? Judged by lists, by capitals and by its neighbours."""

from __future__ import annotations

from stepdown.technique.redaction.cues import after_cue, person_before
from stepdown.technique.redaction.lexicon import NEVER, SURNAME_WORDS, Sort, lexicon
from stepdown.technique.redaction.phrases import words
from stepdown.technique.redaction.places import (
    INSTITUTIONS,
    NOT_PEOPLE,
    RELATIONS,
    SOCIAL,
    STATES,
    TITLES,
)
from stepdown.technique.redaction.tokens import Line, Token

_ARTICLES = words("a an the this that my your his her our their no any some")
_PRONOUNS = words("you i we they he she me my your him them us a an the")
_NEXT = _PRONOUNS | words("it that this his her to of some all so not be is")
_BEFORE = words(
    "i you we they he she it to the a an my your our their no any some will would could can "
    "should not this that in of"
)
_CALLS = words(
    "hey hi hello okay ok listen please thanks thank sorry come on here yeah yes no alright "
    "tell ask told asked right look wait stop sweetheart honey baby buddy well"
)
_ORDERS = words(
    "put look listen stop come drop don't please talk sit stay set calm wait step breathe let "
    "give show can hey what are do here"
)
_DOES = _ORDERS | words("is has was said says got went told wants my i'm here you it's")
_LOOSE = words(
    "happy rich frank earnest hardy lucky golden misty royal rusty sandy stormy sunny tiny "
    "young precious noble sterling unique gay major christian dusty storm cash smoke honey "
    "buddy bud bubba sugar angel love princess prince king queen jesus will may mark tank ace"
)
"""Names that are more often something else in speech without capitals."""
_ORDERED = words("mark angel christian king sugar ace")
_INTRO = words("i'm is it's me this")
_INTRO_NEXT = frozenset({"from", "with", "i'm", "and", "your", "the", "", "okay"})
_VOCATIVE = frozenset(",!?.")
_PLACES = frozenset(s for s in STATES if len(s) > 2)


def is_name(line: Line, place: int, known: frozenset[str]) -> bool:
    """Say whether the word at a place is part of a name; `known` are folded names."""
    token = line.tokens[place]
    sort = lexicon().sort(token.key)
    if not could_be(token) or line.low(place + 1) in INSTITUTIONS or _no_person(line, place):
        return False
    if token.key in known and _known(line, place, sort):
        return True
    cue = after_cue(line, place)
    if cue and _cued(line, place, sort, cue):
        return True
    return _capital(line, place, sort) if line.cased else _plain(line, place, sort)


def could_be(token: Token) -> bool:
    """Tell a word from a contraction, a single letter and a number."""
    body = token.low.removesuffix("'s")
    inner = "'" in body and not body.startswith(("o'", "d'", "l'", "m'", "n'"))
    plain = not inner and "_" not in body
    return token.kind == "word" and len(token.key) > 1 and plain


def barred(token: Token) -> bool:
    """Tell whether a word is a title, a relation, or a word that is no name at all."""
    return token.low in TITLES or token.low in RELATIONS or token.key in NEVER


def _no_person(line: Line, place: int) -> bool:
    """Tell `St. Anne` and `x-ray`."""
    before = place - 1 - (line.low(place - 1) == ".")
    return line.low(before) in {"st", "saint"} or _x_ray(line, place)


def _x_ray(line: Line, place: int) -> bool:
    before = place - 1 - (line.low(place - 1) == "-")
    return line.low(place) in {"ray", "rays"} and line.low(before) == "x"


def _vocative(line: Line, place: int) -> bool:
    return line.low(place + 1) in _VOCATIVE


def _known(line: Line, place: int, sort: Sort) -> bool:
    """Judge a word that a roster or another line of the text knows as a name."""
    if sort in {"given", "surname", "unknown"}:
        return True
    token = line.tokens[place]
    if line.cased:
        opens = line.starts_sentence(place)
        rare = sort == "surname or word" and token.key not in lexicon().ordinary
        return token.capital and (rare or not opens or _vocative(line, place))
    if line.low(place - 1) in {"tell", "told", "ask", "asked", "hey", "hi"}:
        return line.low(place + 1) not in _PRONOUNS
    return line.low(place + 1) not in _NEXT and line.low(place - 1) not in _BEFORE


def _cued(line: Line, place: int, sort: Sort, cue: str) -> bool:
    """Judge the word after `my name is` (named), `officer` (title), `my son` (relation)."""
    token = line.tokens[place]
    if token.low in TITLES or token.low in RELATIONS or (token.key in NEVER and sort != "either"):
        return False
    after = line.low(place + 1)
    if line.cased and cue != "goes by":
        loose = cue == "called" and token.low in _LOOSE and after.isalpha()
        return token.capital and not loose and (cue == "named" or token.low not in NOT_PEOPLE)
    if cue == "called":
        return sort in {"given", "surname"} or (sort == "either" and token.key not in _LOOSE)
    if cue in {"named", "goes by"}:
        return sort != "word" or token.key in SURNAME_WORDS or cue == "goes by"
    if sort == "either" or token.key in SURNAME_WORDS:
        return after not in _PRONOUNS
    return sort != "word" and token.key not in lexicon().ordinary


def _capital(line: Line, place: int, sort: Sort) -> bool:
    """Judge a word in a line with capitals."""
    token = line.tokens[place]
    if not token.capital or barred(token):
        return False
    listed = sort in {"given", "either"} and _vocative(line, place)
    if token.low in NOT_PEOPLE | _PLACES and not listed:
        return False
    if sort == "given" or line.low(place - 1) in _ARTICLES:
        return sort == "given"
    opens = line.starts_sentence(place)
    return _opening(line, place, sort) if opens else _amid(line, place, sort)


def _amid(line: Line, place: int, sort: Sort) -> bool:
    """Judge a word inside a sentence, where a capital has a reason."""
    token = line.tokens[place]
    if sort in {"either", "surname"}:
        return not (line.low(place - 1) == "i'm" and token.low in _LOOSE)
    before = person_before(line, place)
    called = _vocative(line, place) and line.low(place - 1) in _VOCATIVE
    return before or (called and sort == "unknown")


def _opening(line: Line, place: int, sort: Sort) -> bool:
    """Judge the first word of a sentence, which has its capital anyway."""
    token = line.tokens[place]
    owns = token.core < token.end
    after = line.low(place + 1)
    if sort == "either":
        return after in {",", "!", "?"} or owns
    if sort == "surname":
        plain = len(token.key) > 4 and not token.key.endswith(("s", "ed", "ing", "er"))
        return plain or after == ","
    unusual = token.key not in lexicon().ordinary
    return unusual and sort != "word" and after in {",", "!"} and not owns


def _plain(line: Line, place: int, sort: Sort) -> bool:
    """Judge a word in a line without capitals."""
    if sort == "unknown":
        return _rare(line, place)
    if sort != "either":
        return sort == "given" or (sort == "surname" and person_before(line, place))
    low, before, after = (line.low(place + step) for step in (0, -1, 1))
    if before in _INTRO:
        return low not in _LOOSE and after in _INTRO_NEXT
    if after in _NEXT or before in _BEFORE:
        return False
    if before in _CALLS:
        return low not in _LOOSE - _ORDERED
    return place == 0 and low not in _LOOSE - _ORDERED and after in _ORDERS


def _rare(line: Line, place: int) -> bool:
    """Judge a word that is in no list, where a person is spoken of or to."""
    before, after = line.low(place - 1), line.low(place + 1)
    spoken_of = person_before(line, place) or before in _CALLS or (place == 0 and after in _DOES)
    token = line.tokens[place]
    listed = token.low in NOT_PEOPLE | _PLACES | SOCIAL
    return spoken_of and not listed and lexicon().is_rare(token.key)
