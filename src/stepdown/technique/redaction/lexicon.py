"""Lists of names and ordinary words, and what a word can therefore be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from stepdown.technique.redaction.phrases import words

_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "er", "y", "ness", "ers", "less", "ful")
_FOLDER = Path(__file__).parent / "words"

Sort = Literal["given", "either", "surname", "surname or word", "word", "unknown"]
"""A given name; one that is a word too; a surname; one that is a word too; a word; neither."""

SURNAME_WORDS = words(
    "young black white brown green gray grey king hill long wood woods banks bell bush fields "
    "rivers stone strong rich sharp short small love day west best price cash grant page cook "
    "baker carpenter mason miller taylor walker hunter fisher shepherd parker ward marsh "
    "brooks ford reed rose cross church bishop pope knight noble wise good goodman moody "
    "swift powers dean flowers frost snow winter winters summer summers gold golden silver "
    "steel stark sparks savage hardy moon star bird crow crane drake finch fox hawk lamb wolf "
    "fish bass pike bean rice berry cherry pepper ray park parks lane rhodes bridges hall "
    "chambers castle glass hooks penny major butler cooper porter potter turner weaver farmer "
    "gardener barber singer archer booker barker bowler marshal marshall sargent page "
    "singleton waters wells lake forest burns boone rowe stein"
)
"""Surnames that are words, but plainly names after `officer` or `mister`, even without capitals."""

NEVER = words(
    "i im you he she it its we they me him her us them my your his our their this that these "
    "those who whos what whats where wheres when why how whose which the a an and or but so "
    "if as at by for from in into of off on onto out over to up with is was were are am be "
    "been being do does did dont doesnt didnt done can cant could couldnt would wouldnt shall "
    "should shouldnt will wont may might must have has had hasnt havent get got gets go going "
    "gone gonna gotta wanna come comes came not no nope yes yeah yep ok okay sir maam man all "
    "any some just only now then here there very too also again still even ever never please "
    "thanks thank sorry hey hi hello well said says say told tell ordered ill id ive youre "
    "youve youll hes shes were theyre thats isnt wasnt werent arent let lets put look listen "
    "stop wait take took give gave make made want wants wanted need needs know knows think "
    "thought one two three four five six seven eight nine ten because than more most much "
    "many about around after before down back nobody nobodys somebody someone everybody "
    "anyone anybody nothing something um uh like really right good bad new old first last "
    "name names unless until while since though"
)
"""Words that no cue turns into a name."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists, all folded: lower case, no accents, no apostrophes."""

    given: frozenset[str]
    given_words: frozenset[str]
    surnames: frozenset[str]
    surname_words: frozenset[str]
    ordinary: frozenset[str]
    vocabulary: frozenset[str]
    nicknames: dict[str, frozenset[str]]

    def sort(self, key: str) -> Sort:
        """Say what a folded word can be."""
        if key in self.given:
            return "given"
        if key in self.given_words:
            return "either"
        if key in self.surnames:
            return "surname"
        if key in self.surname_words:
            return "surname or word"
        return "word" if key in self.ordinary or key in NEVER else "unknown"

    def is_rare(self, key: str) -> bool:
        """Say whether a folded word is in no list, nor is what it is formed from."""
        stems = {key, *(key.removesuffix(ending) for ending in _ENDINGS)}
        stems |= {stem + "e" for stem in stems if stem != key}
        known = (self.ordinary, self.vocabulary, self.surname_words)
        return len(key) > 3 and not any(stem in words for stem in stems for words in known)


@cache
def lexicon() -> Lexicon:
    """Read the word lists, once."""
    return Lexicon(
        given=frozenset(_words("given")),
        given_words=frozenset(_words("given_words")),
        surnames=frozenset(_words("surnames")),
        surname_words=frozenset(_words("surname_words")),
        ordinary=frozenset(_words("ordinary")),
        vocabulary=frozenset(_words("vocabulary")),
        nicknames=_nicknames(),
    )


def _words(name: str) -> list[str]:
    lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def _nicknames() -> dict[str, frozenset[str]]:
    """Map a name to the short names it goes by, and a short name to the full ones."""
    both: dict[str, set[str]] = {}
    for line in _words("nicknames"):
        full, *short = line.split()
        both.setdefault(full, set()).update(short)
        for nickname in short:
            both.setdefault(nickname, set()).add(full)
    return {name: frozenset(others) for name, others in both.items()}
