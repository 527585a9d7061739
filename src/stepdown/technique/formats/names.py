"""Whose line it is: `NAME: text` told apart from a sentence with a colon in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

MOST_WORDS = 5
MOST_LETTERS = 40
_LOOKED_AT = 120

_LABEL = re.compile(
    r"(?P<name>[^\s:：][^:：]{0,60}?)"
    r"\s*(?:[\[(](?P<time>[\d:.,]+)[\])])?"
    r"\s*(?:[:：](?=\s|$)|(?<=[A-Z\d]{2}):(?=[^\s\d])|：)\s*"
)
_ASIDE = re.compile(r"\s*([\[(][^\])]*[\])])$")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Lower-case words inside names.
_PARTICLES = _words(
    "of the de la del da di du dos van von der den bin ibn al el and y no at in on for"
)
# Words that open sentences such as "Listen: ..." or "He said: ...", and the heads of a form.
_ORDINARY = _words(
    "i you he she it we they me him her us them this that these those what who where when why how "
    "which said says say told tells tell asked ask asks is are was were be been am do does did "
    "have has had will would can could should must may might go went like know think mean means "
    "want wants listen look see wait stop remember okay ok so yes no yeah yep nope well now please "
    "note warning because but or if then thing things here there my your his our their an a one "
    "point question answer reminder example again sorry anyway honestly basically right alright "
    "hey hello hi today tonight sir maam ma'am let let's i'm it's that's don't not just "
    "first second third step rule deal promise fact problem reason truth plan option options "
    "date time location place duration file recording title participants transcript"
)


def label(line: str) -> tuple[str, str, str | None] | None:
    """Split `NAME: text` into name, text and the time beside the name; None if it has no label.

    It looks at form alone: whether the name is one, `known_names` decides.
    """
    start = len(line) - len(line.lstrip())
    found = _LABEL.match(line, start, start + _LOOKED_AT)
    if found is None:
        return None
    name, rest = " ".join(found["name"].split()), line[found.end() :]
    aside = _ASIDE.search(name)
    if aside and aside.start():
        name, rest = name[: aside.start()], f"{aside[1]} {rest}"
    if len(name) > MOST_LETTERS or len(name.split()) > MOST_WORDS or not _WORD.search(name):
        return None
    if any(mark in name for mark in '.?!,;"<>/=') and not re.fullmatch(r"[\w .'’-]+", name):
        return None
    return name, rest, found["time"]


def known_names(lines: Iterable[str]) -> frozenset[str]:
    """Decide which labels of a file are speakers; returned without regard to case.

    A name is written like one (Officer Lee, LEE, Q, SPEAKER_01), or opens so many lines that it
    must be one although it is not (officer, me).
    """
    counts: Counter[str] = Counter()
    accepted = set()
    total = 0
    for line in lines:
        total += bool(line.strip())
        found = label(line)
        if found is None:
            continue
        key = found[0].casefold()
        counts[key] += 1
        if written_as_name(found[0]):
            accepted.add(key)
    labelled = sum(counts.values())
    for key, count in counts.items():
        ordinary = _ordinary(key)
        if ordinary and (" " in key or count < 3 or count < total / 5):
            continue
        if ordinary or count >= 2 or labelled >= total / 2:
            accepted.add(key)
    return frozenset(accepted)


def written_as_name(name: str) -> bool:
    """Tell whether a label is written the way names of speakers are."""
    if len(name) == 1:
        return name.isupper() or not name.isascii()
    if _ordinary(name.casefold()):
        return False
    words = [word for word in re.split(r"[\s_]+", name) if _WORD.search(word)]
    return not words[0][0].islower() and all(
        not word[0].islower() or word.casefold() in _PARTICLES for word in words
    )


def _ordinary(key: str) -> bool:
    words = [word.replace("’", "'") for word in _WORD.findall(key)]
    if len(words) > 1:
        words = [word for word in words if word not in _PARTICLES and len(word) > 1]
    return any(word in _ORDINARY for word in words)


def said_by(line: str, names: frozenset[str]) -> tuple[str | None, str, str | None]:
    """Split a line into speaker, text and the time beside the name; None where it names nobody."""
    found = label(line)
    if found is None or found[0].casefold() not in names:
        return None, line, None
    return found
