"""Hide what few people stand behind, and as much more as keeps it from being computed.

A total that is shown, less the parts that are shown, is what the hidden parts have together. So
where a total is shown, at least two parts are hidden or none, and enough people stand behind the
hidden parts together; else the smallest of the others is hidden as well, or the total.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

FEWEST_PEOPLE = 10
"""A number is shown if so many people, or more, stand behind it."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Which parts are hidden, by their places, and whether their total is."""

    parts: frozenset[int]
    total: bool


def hidden(parts: Sequence[AbstractSet[Hashable]], fewest: int = FEWEST_PEOPLE) -> Hidden:
    """Return what to hide of a column whose parts stand for these people, and of its total."""
    away = {place for place, people in enumerate(parts) if len(people) < fewest}
    if len(_together(parts, range(len(parts)))) < fewest:
        return Hidden(frozenset(range(len(parts))), total=True)
    shown = sorted(set(range(len(parts))) - away, key=lambda place: (len(parts[place]), place))
    while away and not _safe(parts, away, fewest):
        if not shown:
            return Hidden(frozenset(away), total=True)
        away.add(shown.pop(0))
    return Hidden(frozenset(away), total=False)


def _safe(parts: Sequence[AbstractSet[Hashable]], away: AbstractSet[int], fewest: int) -> bool:
    return len(away) >= 2 and len(_together(parts, away)) >= fewest


def _together(
    parts: Sequence[AbstractSet[Hashable]], places: AbstractSet[int] | range
) -> set[Hashable]:
    return {person for place in places for person in parts[place]}
