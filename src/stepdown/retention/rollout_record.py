"""A rollout on record: the draw, the actual dates written down beside it, and the file of both."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from stepdown.problems import InputProblems, Problem
from stepdown.retention.rollout import Assigned, Draw, draw_values, redraw
from stepdown.retention.rollout_plan import DrawnUnit, RolloutPlan, Wave
from stepdown.wrong_values import faults, placed

MOST_CHARACTERS = 50_000_000
_KIND = "stepdown rollout 1"


@dataclass(frozen=True, slots=True)
class Actual:
    """When a unit was in fact trained, as somebody wrote it down.

    A later entry stands in for an earlier one, which stays; `day` None takes it back.
    """

    unit: str
    day: dt.date | None
    recorded_at: dt.datetime
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rollout:
    """A draw, and beside it every entry about actual dates, in the order they were made."""

    draw: Draw
    actual: tuple[Actual, ...] = ()

    def trained(self) -> dict[str, dt.date]:
        """Return the actual day of each unit that has one, by the latest entry."""
        latest = {entry.unit: entry.day for entry in self.actual}
        return {unit: day for unit, day in latest.items() if day is not None}


def record_actual(rollout: Rollout, entry: Actual) -> Rollout:
    """Return the rollout with one more entry about an actual date; none is ever overwritten.

    Raises InputProblems for a unit outside the draw, a day still to come or before the draw, and an
    entry made before the last one.
    """
    drawn = rollout.draw
    wrong = []
    if drawn.of(entry.unit) is None:
        wrong.append(
            Problem("unit", entry.unit, "a unit that was part of the draw", "check its name")
        )
    last = rollout.actual[-1].recorded_at if rollout.actual else drawn.drawn_at
    if entry.recorded_at.tzinfo is None or entry.recorded_at < last:
        wrong.append(
            Problem("recorded_at", entry.recorded_at.isoformat(),
                    f"a time with its zone, {last.isoformat()} or later", "give the time of now")
        )  # fmt: skip
    if entry.day is not None:
        first, today = drawn.drawn_at.date(), entry.recorded_at.date()
        if not first <= entry.day <= today:
            wrong.append(
                Problem("day", entry.day.isoformat(), f"a day from {first} (the draw) to {today}",
                        "write down training when it has happened")
            )  # fmt: skip
    if wrong:
        raise InputProblems("the actual date", wrong)
    return replace(rollout, actual=(*rollout.actual, entry))


def rollout_text(rollout: Rollout) -> str:
    """Write a rollout as JSON. The same rollout gives the same text."""
    values = {
        "kind": _KIND,
        "draw": draw_values(rollout.draw),
        "draw_digest": rollout.draw.digest,
        "actual": [
            {
                "unit": a.unit,
                "day": a.day.isoformat() if a.day else None,
                "recorded_at": a.recorded_at.isoformat(),
                "by": a.by,
                "note": a.note,
            }
            for a in rollout.actual
        ],
    }
    return json.dumps(values, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _PlanPart(_Strict):
    level: Literal["unit", "cluster"]
    units: list[tuple[str, str]]
    waves: list[tuple[dt.date | Literal["never"], int]]


class _DrawPart(_Strict):
    algorithm: str
    seed: int
    drawn_at: AwareDatetime
    first_session: AwareDatetime
    input_digest: str
    plan: _PlanPart
    assigned: list[tuple[str, str, int, dt.date | Literal["never"]]]


class _ActualPart(_Strict):
    unit: str
    day: dt.date | None
    recorded_at: AwareDatetime
    by: str
    note: str


class _RolloutPart(_Strict):
    kind: Literal["stepdown rollout 1"]
    draw: _DrawPart
    draw_digest: str
    actual: list[_ActualPart]


def read_rollout(text: str, name: str = "rollout") -> Rollout:
    """Read a rollout from JSON and draw it again.

    Raises InputProblems when it is no rollout, when the seed gives another assignment or when the
    record was changed.
    """
    fix = "use the file as `stepdown rollout draw` wrote it"
    if len(text) > MOST_CHARACTERS:
        given = f"{len(text):,} characters"
        raise InputProblems(name, [Problem(name, given, f"at most {MOST_CHARACTERS:,}", fix)])
    try:
        part = _RolloutPart.model_validate_json(text)
    except ValidationError as error:
        wrong = [
            Problem(f"{name}, {placed(place) or 'the whole'}", given, expected, fix)
            for place, given, expected, _ in faults(error)[:200]
        ]
        raise InputProblems(name, wrong) from None
    drawn = _draw_of(part.draw)
    wrong = redraw(drawn)
    if drawn.digest != part.draw_digest:
        wrong.append(Problem("draw_digest", part.draw_digest, drawn.digest, fix))
    if wrong:
        raise InputProblems(name, wrong[:200])
    rollout = Rollout(drawn)
    for a in part.actual:
        rollout = record_actual(rollout, Actual(a.unit, a.day, a.recorded_at, a.by, a.note))
    return rollout


def _draw_of(part: _DrawPart) -> Draw:
    plan = RolloutPlan(
        tuple(DrawnUnit(*unit) for unit in part.plan.units),
        tuple(Wave(_start(start), size) for start, size in part.plan.waves),
        part.plan.level,
    )
    assigned = tuple(Assigned(u, s, w, _start(due)) for u, s, w, due in part.assigned)
    return Draw(
        plan, part.seed, part.algorithm, part.drawn_at, part.first_session, part.input_digest,
        assigned,
    )  # fmt: skip


def _start(day: dt.date | Literal["never"]) -> dt.date | None:
    return None if day == "never" else day
