"""Personal data in a text → masks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from stepdown.technique.redaction import addresses, dates, ids, online, phones
from stepdown.technique.redaction.names import find_names
from stepdown.technique.redaction.roster import Roster
from stepdown.technique.redaction.spans import Redacted, Span, masked, merged
from stepdown.technique.redaction.tokens import read_lines

_NOBODY = Roster()
_ROUNDS = 20


def redact(text: str, names: Roster = _NOBODY, region: str = "US") -> Redacted:
    """Mask what is personal in a text by rules and lists; nothing else is changed.

    `names` are people known to be in it; `region` is the country (ISO 3166) whose telephone numbers
    need no country code. What is masked is looked at again until nothing more is found, so that
    redacting twice is redacting once. Time grows with the length of the text.
    """
    known = names.keys()
    spans: tuple[Span, ...] = ()
    current = text
    for _ in range(_ROUNDS):
        found = merged(_find(current, known, region))
        if not found:
            break
        spans = merged([*spans, *_original(spans, found)])
        current = masked(text, spans)
    return Redacted(current, spans)


def _find(text: str, known: frozenset[str], region: str) -> Iterator[Span]:
    yield from online.find_written(text)
    yield from phones.find_written(text, region)
    yield from dates.find_written(text)
    yield from ids.find_written(text)
    yield from addresses.find_written(text)
    lines = list(read_lines(text))
    for line in lines:
        for room in (online, phones, dates, ids, addresses):
            yield from room.find_spoken(line)
    yield from find_names(lines, known)


def _original(masks: tuple[Span, ...], found: tuple[Span, ...]) -> Iterator[Span]:
    """Move spans of the masked text to where they stood in the original."""
    grown = list(accumulate(len(s.mask) - (s.end - s.start) for s in masks))
    starts = [
        s.start + g - (len(s.mask) - (s.end - s.start)) for s, g in zip(masks, grown, strict=True)
    ]

    def back(place: int, end: bool) -> int:
        at = bisect_right(starts, place - end) - 1
        if at < 0:
            return place
        mask = masks[at]
        if place - end < starts[at] + len(mask.mask):
            return mask.end if end else mask.start
        return place - grown[at]

    for span in found:
        yield Span(back(span.start, False), back(span.end, True), span.kind)
