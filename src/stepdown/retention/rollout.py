"""A rollout: which unit is trained in which wave, drawn by a seed so that anybody can redraw it.

The procedure, `sha256-sort-1`: how many units of each stratum go into each wave is fixed before the
draw (`cells`). Within each stratum the units are sorted by the SHA-256 of seed, stratum and unit,
and the waves are filled in that order. Every order is equally likely, so that within a stratum
every unit is equally likely to be in each wave. This is the draw that the randomization test of
`stepdown evaluate` redraws: all permutations within strata, with the sizes of the cells kept.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from stepdown.problems import InputProblems, Problem
from stepdown.retention.rollout_plan import (
    RolloutPlan,
    bad_plan,
    cells,
    day_text,
    digest_of,
    plan_values,
)

ALGORITHM = "sha256-sort-1"


@dataclass(frozen=True, slots=True)
class Assigned:
    """A unit and its wave, counted from 1; `due` None if held back."""

    unit: str
    stratum: str
    wave: int
    due: dt.date | None


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw as it is recorded: with these values anybody can redraw it."""

    plan: RolloutPlan
    seed: int
    algorithm: str
    drawn_at: dt.datetime
    first_session: dt.datetime
    input_digest: str
    assigned: tuple[Assigned, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the whole record: give it to somebody else on the day of the draw."""
        return digest_of(draw_values(self))

    def of(self, unit: str) -> Assigned | None:
        """Return what was drawn for a unit, None if it was not part of the draw."""
        return next((a for a in self.assigned if a.unit == unit), None)


def draw(plan: RolloutPlan, seed: int, drawn_at: dt.datetime, first_session: dt.datetime) -> Draw:
    """Draw which unit is trained in which wave.

    `seed` is 0 or more and should be one that nobody could choose with the outcome in mind; both
    times have a time zone. Raises InputProblems for a plan that cannot be drawn, and for a draw
    that is not before the first session.
    """
    if wrong := [*bad_plan(plan), *_bad_times(plan, seed, drawn_at, first_session)]:
        raise InputProblems("the rollout", wrong)
    plan = replace(plan, units=tuple(sorted(plan.units, key=lambda u: (u.id, u.stratum))))
    return Draw(plan, seed, ALGORITHM, drawn_at, first_session, plan.digest, _dealt(plan, seed))


def redraw(recorded: Draw) -> list[Problem]:
    """Draw again from the recorded values, and return what differs; nothing if it is the same."""
    found = []
    if recorded.algorithm != ALGORITHM:
        return [Problem("algorithm", recorded.algorithm, ALGORITHM, "use the version that drew it")]
    if recorded.input_digest != recorded.plan.digest:
        found.append(
            Problem("input_digest", recorded.input_digest, recorded.plan.digest,
                    "units, strata or waves were changed since the draw")
        )  # fmt: skip
    wrong = [
        *bad_plan(recorded.plan),
        *_bad_times(recorded.plan, recorded.seed, recorded.drawn_at, recorded.first_session),
    ]
    if wrong:
        return [*found, *wrong]
    again = {a.unit: a for a in _dealt(recorded.plan, recorded.seed)}
    given = {a.unit: a for a in recorded.assigned}
    for unit in sorted(set(again) | set(given)):
        if again.get(unit) != given.get(unit):
            found.append(
                Problem(f"unit {unit}", _said(given.get(unit)), _said(again.get(unit)),
                        "the seed gives another wave: the record was changed")
            )  # fmt: skip
    return found


def draw_values(drawn: Draw) -> dict[str, Any]:
    """Return a draw as plain values that JSON can hold."""
    return {
        "algorithm": drawn.algorithm,
        "seed": drawn.seed,
        "drawn_at": drawn.drawn_at.isoformat(),
        "first_session": drawn.first_session.isoformat(),
        "input_digest": drawn.input_digest,
        "plan": plan_values(drawn.plan),
        "assigned": [[a.unit, a.stratum, a.wave, day_text(a.due)] for a in drawn.assigned],
    }


def _said(assigned: Assigned | None) -> str:
    return f"wave {assigned.wave}, {day_text(assigned.due)}" if assigned else "no wave"


def _dealt(plan: RolloutPlan, seed: int) -> tuple[Assigned, ...]:
    sizes = cells(plan)
    strata: dict[str, list[str]] = defaultdict(list)
    for unit in plan.units:
        strata[unit.stratum].append(unit.id)
    found = []
    for stratum, units in strata.items():
        order = sorted(units, key=lambda unit: (_lot(seed, stratum, unit), unit))
        waves = [w for w in range(1, len(plan.waves) + 1) for _ in range(sizes[stratum, w])]
        found += [
            Assigned(unit, stratum, wave, plan.waves[wave - 1].start)
            for unit, wave in zip(order, waves, strict=True)
        ]
    return tuple(sorted(found, key=lambda a: a.unit))


def _lot(seed: int, stratum: str, unit: str) -> str:
    """SHA-256 of `["seed","stratum","unit"]`, as JSON writes it without spaces, in hexadecimal."""
    return digest_of([str(seed), stratum, unit])


def _bad_times(
    plan: RolloutPlan, seed: int, drawn_at: dt.datetime, first_session: dt.datetime
) -> list[Problem]:
    found = []
    if isinstance(seed, bool) or not 0 <= seed < 2**64:
        fix = "take a number nobody could choose, such as dice thrown before witnesses"
        found.append(Problem("seed", str(seed), "a whole number from 0 to 2**64 - 1", fix))
    for name, time in (("drawn_at", drawn_at), ("first_session", first_session)):
        if time.tzinfo is None:
            fix = "say which: 2026-03-01T09:00+00:00"
            found.append(Problem(name, time.isoformat(), "a time with its zone", fix))
    if found:
        return found
    if drawn_at >= first_session:
        fix = "whoever was trained before the draw is no part of it: leave these units out"
        given = f"{drawn_at.isoformat()}, the first session {first_session.isoformat()}"
        found.append(Problem("drawn_at", given, "a draw before the first session", fix))
    early = [w.start for w in plan.waves if w.start is not None and w.start < drawn_at.date()]
    if early:
        given = f"a wave that starts {early[0]}, before the draw on {drawn_at.date()}"
        found.append(Problem("waves", given, "waves from the day of the draw on", "move it"))
    return found
