"""What people were taught, practised and were tested in, as tables for the estimators."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

import numpy as np

from stepdown.problems import InputProblems, Problem
from stepdown.retention.memory import RECOVERED, Floats
from stepdown.retention.scored import step_of

Kind = Literal["taught", "practised", "tested"]
KINDS: tuple[str, ...] = get_args(Kind)
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One person rehearsed one technique on a day: taught it, practised it or was tested in it.

    `score`: the share of what was asked that was done, 0 to 1, as seen before any teaching that
    day; None where nobody scored it.
    """

    person: str
    technique: str
    day: date
    kind: Kind
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Histories:
    """Rehearsals, one row for each pair of person and technique, from its first teaching on.

    `days` are counted from the pair's first teaching; rows are filled up with NaN. `recovered` is
    the share of what had faded that comes back. `last` is the day of the last rehearsal. `step` is
    what scores are multiples of (`stepdown.retention.scored`).
    """

    people: tuple[str, ...]
    techniques: tuple[str, ...]
    person: np.ndarray
    technique: np.ndarray
    days: Floats
    score: Floats
    recovered: Floats
    first: np.ndarray
    untaught: int
    step: float = 0.0

    @property
    def retests(self) -> int:
        """How many scores there are after a first teaching."""
        return int(np.isfinite(self.score[:, 1:]).sum())

    @property
    def last(self) -> np.ndarray:
        """The day of the last rehearsal of each row."""
        since: np.ndarray = np.nanmax(self.days, axis=1).astype("timedelta64[D]")
        last: np.ndarray = self.first + since
        return last

    def rows(self, keep: np.ndarray) -> Histories:
        """Return the rows that a mask or index keeps; people and techniques stay as they are."""
        kept = {name: getattr(self, name)[keep] for name in _BY_ROW}
        return replace(self, **kept)

    def before(self, day: date) -> Histories:
        """Return what was rehearsed before a day; who had not been taught by then is left out."""
        dates = self.first[:, None] + np.nan_to_num(self.days).astype("timedelta64[D]")
        known = np.isfinite(self.days) & (dates < np.datetime64(day))
        return replace(
            self, days=np.where(known, self.days, np.nan),
            score=np.where(known, self.score, np.nan),
            recovered=np.where(known, self.recovered, np.nan),
        ).rows(np.flatnonzero(known[:, 0]))  # fmt: skip

    def sample(self, people: int, seed: int) -> Histories:
        """Return the rows of so many people, drawn by a seed; of all if there are no more."""
        if len(self.people) <= people:
            return self
        drawn = np.random.default_rng(seed).choice(len(self.people), people, replace=False)
        return self.rows(np.flatnonzero(np.isin(self.person, drawn)))


_BY_ROW = ("person", "technique", "days", "score", "recovered", "first")


def histories(rehearsals: Iterable[Rehearsal], techniques: Sequence[str]) -> Histories:
    """Return rehearsals as tables. Raises InputProblems.

    Those of a pair that come before it was first taught are left out, and counted in `untaught`.
    """
    given = list(rehearsals)
    _check(given, techniques)
    by_pair: dict[tuple[str, str], list[Rehearsal]] = defaultdict(list)
    for one in given:
        by_pair[one.person, one.technique].append(one)
    people = tuple(sorted({one.person for one in given}))
    rows, untaught = [], 0
    for pair, listed in sorted(by_pair.items()):
        ordered = sorted(listed, key=lambda r: (r.day, KINDS.index(r.kind) == 0))
        begun = next((n for n, r in enumerate(ordered) if r.kind == "taught"), len(ordered))
        untaught += begun
        if begun < len(ordered):
            rows.append((pair, _days_merged(ordered[begun:])))
    return _tables(people, tuple(techniques), rows, untaught)


def _days_merged(ordered: list[Rehearsal]) -> list[Rehearsal]:
    """Return one rehearsal a day: what was scored that day, and teaching if there was any."""
    by_day: dict[date, list[Rehearsal]] = defaultdict(list)
    for one in ordered:
        by_day[one.day].append(one)
    merged = []
    for day, same in by_day.items():
        scores = [r.score for r in same if r.score is not None]
        strongest = max(same, key=lambda r: RECOVERED[r.kind])
        score = sum(scores) / len(scores) if scores else None
        merged.append(Rehearsal(same[0].person, same[0].technique, day, strongest.kind, score))
    return merged


def _tables(
    people: tuple[str, ...], techniques: tuple[str, ...], rows: list[Any], untaught: int
) -> Histories:
    longest = max((len(listed) for _, listed in rows), default=1)
    days, score, recovered = (np.full((len(rows), longest), np.nan) for _ in range(3))
    first = np.empty(len(rows), dtype="datetime64[D]")
    where = {name: n for n, name in enumerate(people)}, {n: k for k, n in enumerate(techniques)}
    person, technique = np.zeros(len(rows), int), np.zeros(len(rows), int)
    for n, ((who, what), listed) in enumerate(rows):
        person[n], technique[n], first[n] = where[0][who], where[1][what], listed[0].day
        for j, one in enumerate(listed):
            days[n, j] = (one.day - listed[0].day).days
            score[n, j] = np.nan if one.score is None or j == 0 else one.score
            recovered[n, j] = RECOVERED[one.kind]
    return Histories(
        people, techniques, person, technique, days, score, recovered, first, untaught,
        step_of(score),
    )  # fmt: skip


def _check(given: Sequence[Rehearsal], techniques: Sequence[str]) -> None:
    wrong = []
    for n, one in enumerate(given):
        where = f"rehearsal {n + 1} ({one.person}, {one.technique}, {one.day})"
        if one.technique not in techniques:
            known = "one of " + ", ".join(techniques)
            wrong.append(Problem(where, one.technique, known, "name a technique that is planned"))
        if one.kind not in KINDS:
            wrong.append(Problem(where, str(one.kind), " or ".join(KINDS), "name its kind"))
        if one.score is not None and not (math.isfinite(one.score) and 0 <= one.score <= 1):
            wrong.append(Problem(where, str(one.score), "a share from 0 to 1", "correct the score"))
    if wrong:
        more = len(wrong) - MOST_SHOWN
        last = [Problem("more", f"{more} problems", "none", "mend these first")] if more > 0 else []
        raise InputProblems("what was rehearsed", wrong[:MOST_SHOWN] + last)
