"""The tries that grew out of one encounter, as a tree, and two of them side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext

from stepdown.encounter.log import Event
from stepdown.encounter.review import Review
from stepdown.encounter.review.review import Point
from stepdown.problems import InputProblems, Problem
from stepdown.web.permission import Missing
from stepdown.web.policy import Actor
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Encounter, Skill
from stepdown.web.practice.play import find_ended
from stepdown.web.practice.reviewing import DERIVED_AT_ONCE, derive, shown

MOST_TRIES = 200
DEEPEST = 6
"""Deeper tries are shown at this depth: a page is only so wide."""


@dataclass(frozen=True, slots=True)
class Try:
    """One encounter of a tree: how deep it lies, and which lists its entry opens and closes."""

    row: Encounter
    skill: Skill | None
    depth: int
    here: bool
    opens: bool = False
    closes: tuple[int, ...] = ()


def tree_of(row: Encounter) -> list[Try]:
    """Return every try of an encounter's tree, in the order in which a nested list shows them."""
    same = Encounter.objects.filter(
        person_id=row.person_id, scenario_hash=row.scenario_hash, seed=row.seed
    )
    rows = {each.id: each for each in same.order_by("-started_at")[:MOST_TRIES]}
    rows.setdefault(row.id, row)
    found = _walked(_root(row, rows), rows)
    skills = _skills([r for r, _ in found])
    return _nested([Try(r, skills.get(r.id), depth, r.id == row.id) for r, depth in found])


def _skills(rows: Sequence[Encounter]) -> dict[UUID, Skill]:
    """Return the skill of each encounter; of a few that were not derived yet, derived now."""
    stored_now = Skill.objects.filter(encounter__in=rows)
    found = {skill.encounter_id: skill for skill in stored_now}
    missing = [r for r in rows if r.ended_at and not r.erased_at and r.id not in found]
    if missing:
        derive(missing[-DERIVED_AT_ONCE:])
        found = {skill.encounter_id: skill for skill in stored_now.all()}
    return found


def _root(row: Encounter, rows: dict[UUID, Encounter]) -> Encounter:
    seen = {row.id}
    while row.parent_id in rows and row.parent_id not in seen:
        row = rows[row.parent_id]
        seen.add(row.id)
    return row


def _walked(root: Encounter, rows: dict[UUID, Encounter]) -> list[tuple[Encounter, int]]:
    """Return root and branches, each with its depth, oldest branch first."""
    grown: dict[UUID | None, list[Encounter]] = defaultdict(list)
    for each in rows.values():
        grown[each.parent_id].append(each)
    found, waiting = [], [(root, 0)]
    while waiting:
        row, depth = waiting.pop()
        found.append((row, depth))
        later = sorted(grown[row.id], key=lambda r: r.started_at, reverse=True)
        waiting += [(each, min(depth + 1, DEEPEST)) for each in later]
    return found


def _nested(tries: Sequence[Try]) -> list[Try]:
    """Return the tries with the lists that each opens after it, or closes."""
    depths = [t.depth for t in tries[1:]] + [0]
    return [
        Try(t.row, t.skill, t.depth, t.here, then > t.depth, tuple(range(max(t.depth - then, 0))))
        for t, then in zip(tries, depths, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two tries: its review, and what it holds from where they part."""

    row: Encounter
    found: Review
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Parted:
    """Two tries of one encounter, and the event from which they differ."""

    at: int
    seconds: float
    before: Point
    sides: tuple[Side, Side]


def compared(actor: Actor, one: UUID, other: UUID) -> Parted:
    """Return two ended tries of one's own side by side.

    Raises Missing, Refused or InputProblems.
    """
    rows = (_own(actor, one), _own(actor, other))
    logs = [stored(row.id) for row in rows]
    at = _parting(*logs)
    if one == other or at == 0:
        problem = Problem(
            gettext("the two"), gettext("encounters that have no beginning in common"),
            gettext("two tries of the same encounter"),
            gettext("choose them in a review, under the tries"),
        )  # fmt: skip
        raise InputProblems(gettext("the comparison"), [problem])
    sides = tuple(_side(row, at) for row in rows)
    before = sides[0].found.timeline[at - 1]
    return Parted(at, before.t, before, (sides[0], sides[1]))


def _own(actor: Actor, encounter: UUID) -> Encounter:
    row = find_ended(actor, encounter)
    if row.erased_at is not None:
        raise Missing(f"the words of {encounter} were deleted")
    return row


def _parting(one: Sequence[Event], other: Sequence[Event]) -> int:
    """Return the number of events that two logs have in common, from the first on."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _side(row: Encounter, at: int) -> Side:
    found = shown(row)
    return Side(row, found, found.timeline[at:])
