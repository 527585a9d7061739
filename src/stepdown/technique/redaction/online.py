"""E-mail addresses, web addresses and handles, written or spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stepdown.technique.redaction.phrases import words
from stepdown.technique.redaction.places import SOCIAL
from stepdown.technique.redaction.spans import Span
from stepdown.technique.redaction.tokens import Line

_TLDS = "com|org|net|gov|edu|mil|int|info|biz|io|me|co|app|dev|tv|gg|uk|us|ca|ie|de|fr|au|nz|eu"
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_URL = re.compile(r"(?i)(?:\b[a-z]{3,8}://|\bwww\.)[^\s\[\]<>\"]+")
_BARE = re.compile(
    rf"(?i)(?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.){{1,5}}(?:(?:{_TLDS})(?![\w.-]*\w)(?:/[^\s\[\]]*)?"
    r"|[a-z]{2,12}/[^\s\[\]]+)"
)
_HANDLE = re.compile(r"(?<![\w.@])@\w[\w.]{1,40}")
_TRAILING = ".,;:!?)'\"”’"

_ENDINGS = frozenset(_TLDS.split("|"))
_STOPS = words(
    "is it's its to me my at on the a an and or in for from of with just up look check email "
    "e-mail mail send write go visit that's that i i'm you he she they says say was under as "
    "it here there email's address by right now all find him her them see"
)
_FAR = 8


def find_written(text: str) -> Iterator[Span]:
    """Give the written e-mail and web addresses and handles of a text."""
    for match in _EMAIL.finditer(text):
        yield Span(match.start(), match.end(), "email")
    for pattern in (_URL, _BARE, _HANDLE):
        for match in pattern.finditer(text):
            end = match.start() + len(match[0].rstrip(_TRAILING))
            yield Span(match.start(), end, "url")


def find_spoken(line: Line) -> Iterator[Span]:
    """Give addresses spoken as `name at host dot com`, `host dot org` and `at handle`."""
    for place, token in enumerate(line.tokens):
        if token.low == "dot" and line.low(place + 1) in _ENDINGS:
            yield _dotted(line, place)
        elif token.low in SOCIAL:
            yield from _handle(line, place)


def _dotted(line: Line, dot: int) -> Span:
    host = _back(line, dot, 4)
    last = _path(line, dot + 1)
    if line.low(host - 1) == "at":
        user = _back(line, host - 1, _FAR)
        if user < host - 1:
            return Span(line.tokens[user].start, line.tokens[last].end, "email")
    return Span(line.tokens[host].start, line.tokens[last].end, "url")


def _back(line: Line, place: int, most: int) -> int:
    """Go back from a place over words that can be part of an address."""
    first = place
    while first > 0 and place - first < most:
        before = line.tokens[first - 1]
        if before.low in _STOPS or before.kind in {"mask", "mark"}:
            break
        first -= 1
    return first


def _path(line: Line, last: int) -> int:
    """Go on from the ending over `slash ...`."""
    while line.low(last + 1) in {"slash", "/"}:
        last += 1
        step = 0
        while step < 4 and _plain(line, last + 1):
            last += 1
            step += 1
    return last


def _plain(line: Line, place: int) -> bool:
    return line.kind(place) in {"word", "number", "mixed"} and line.low(place) not in _STOPS | {
        "slash"
    }


def _handle(line: Line, place: int) -> Iterator[Span]:
    for at in range(place + 1, min(place + 5, len(line.tokens))):
        if line.kind(at) in {"mark", "mask"}:
            return
        if line.low(at) != "at":
            continue
        last = at
        while last - at < 6 and line.kind(last + 1) in {"word", "number", "mixed"}:
            if line.low(last + 1) in _STOPS - {"of"}:
                break
            last += 1
        if last > at:
            yield Span(line.tokens[at].start, line.tokens[last].end, "url")
        return
