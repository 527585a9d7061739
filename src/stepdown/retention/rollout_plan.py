"""What a rollout is to draw: units, strata and waves, and everything that is wrong with them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from stepdown.problems import Problem

MOST_UNITS, MOST_WAVES, LONGEST = 100_000, 100, 120
FEWEST_IN_CELL = 2
"""Units of a stratum in a wave: with one, its chance variation cannot be estimated."""
Level = Literal["unit", "cluster"]


@dataclass(frozen=True, slots=True)
class DrawnUnit:
    """What the draw moves: a person or a group, and the stratum within which it is drawn."""

    id: str
    stratum: str = ""


@dataclass(frozen=True, slots=True)
class Wave:
    """A day from which `size` units are trained. `start` None: held back to the end."""

    start: dt.date | None
    size: int


@dataclass(frozen=True, slots=True)
class RolloutPlan:
    """What is to be drawn. `level`: "unit" if people are drawn, "cluster" if groups of people."""

    units: tuple[DrawnUnit, ...]
    waves: tuple[Wave, ...]
    level: Level = "cluster"

    @property
    def digest(self) -> str:
        """SHA-256 of the plan; the order in which units were given plays no part."""
        return digest_of(plan_values(self))


def even_waves(units: int, starts: Sequence[dt.date | None]) -> tuple[Wave, ...]:
    """Divide units over waves as evenly as can be, the larger waves first."""
    size, more = divmod(units, max(len(starts), 1))
    return tuple(Wave(start, size + (n < more)) for n, start in enumerate(starts))


def cells(plan: RolloutPlan) -> dict[tuple[str, int], int]:
    """Return how many units of each stratum go into each wave (from 1), fixed before the draw.

    Strata in the order of their names get each wave in proportion to what is left of it; what is
    left over goes to the largest remainder, to the earlier wave if equal.
    """
    left = [wave.size for wave in plan.waves]
    found: dict[tuple[str, int], int] = {}
    for stratum, units in sorted(Counter(u.stratum for u in plan.units).items()):
        total = sum(left)
        shares = [divmod(size * units, total) for size in left]
        taken = [whole for whole, _ in shares]
        order = sorted(range(len(left)), key=lambda w: (-shares[w][1], w))
        for w in order[: units - sum(taken)]:
            taken[w] += 1
        left = [size - took for size, took in zip(left, taken, strict=True)]
        found |= {(stratum, w + 1): took for w, took in enumerate(taken)}
    return found


def plan_values(plan: RolloutPlan) -> dict[str, Any]:
    """Return a plan as plain values that JSON can hold."""
    return {
        "level": plan.level,
        "units": sorted([u.id, u.stratum] for u in plan.units),
        "waves": [[day_text(wave.start), wave.size] for wave in plan.waves],
    }


def digest_of(values: Any) -> str:
    """Return the SHA-256 of values written as JSON: ASCII, keys sorted, no spaces."""
    text = json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def day_text(day: dt.date | None) -> str:
    """Write a day as YYYY-MM-DD, and none as `never`."""
    return day.isoformat() if day else "never"


def bad_plan(plan: RolloutPlan) -> list[Problem]:
    """Find everything for which a plan cannot be drawn and evaluated."""
    found = [*_bad_units(plan.units), *_bad_waves(plan)]
    if found:
        return found
    thin = [
        f"{size} of stratum '{stratum}' in wave {wave}" if stratum else f"{size} in wave {wave}"
        for (stratum, wave), size in cells(plan).items()
        if size < FEWEST_IN_CELL
    ]
    if thin:
        given = ", ".join(thin[:5]) + (f" and {len(thin) - 5} more" if len(thin) > 5 else "")
        expected = f"at least {FEWEST_IN_CELL} units of every stratum in every wave"
        found.append(Problem("waves", given, expected, "merge small strata, or use fewer waves"))
    return found


def _bad_units(units: Iterable[DrawnUnit]) -> list[Problem]:
    found, seen = [], Counter[str]()
    blank = filled = False
    for n, unit in enumerate(units, start=1):
        for what, text in (("id", unit.id), ("stratum", unit.stratum)):
            if (text or what == "id") and (why := unusable(text)):
                found.append(
                    Problem(f"unit {n}, {what}", repr(text)[:60], why, "give it another name")
                )
        seen[unit.id.casefold()] += 1
        blank, filled = blank or not unit.stratum, filled or bool(unit.stratum)
        if n > MOST_UNITS:
            return [Problem("units", f"over {MOST_UNITS:,}", "fewer", "draw groups instead")]
    found += [
        Problem("units", f"'{unit}' {times} times", "each unit once", "leave the others out")
        for unit, times in seen.items()
        if times > 1
    ]
    if blank and filled:
        found.append(
            Problem("units", "some without a stratum", "a stratum for all or none", "fill it in")
        )
    return found


def unusable(text: str) -> str | None:
    """Say what a name must be, if it is not so: it will stand in CSV files beside others."""
    if not text or text != " ".join(text.split()):
        return "a name without blanks around it"
    if len(text) > LONGEST:
        return f"at most {LONGEST} characters"
    if text != unicodedata.normalize("NFC", text) or not text.isprintable():
        return "characters that are seen, composed (NFC)"
    if text[0] in "=+-@'":
        return "a name that no spreadsheet takes for a formula"
    return None


def _bad_waves(plan: RolloutPlan) -> list[Problem]:
    found = []
    if not 2 <= len(plan.waves) <= MOST_WAVES:
        given = f"{len(plan.waves)} waves"
        found.append(Problem("waves", given, f"2 to {MOST_WAVES}", "those held back are a wave"))
    starts = [w.start for w in plan.waves]
    days = [start for start in starts if start is not None]
    if not days or None in starts[:-1] or days != sorted(set(days)):
        given = ", ".join(map(day_text, starts))[:200] or "none"
        expected = "days in order, each once; those held back last"
        found.append(Problem("waves", given, expected, "put them in order"))
    if bad := [n for n, w in enumerate(plan.waves, start=1) if w.size < 1]:
        found.append(Problem(f"wave {bad[0]}", "no unit", "at least one", "leave the wave out"))
    total = sum(w.size for w in plan.waves)
    if total != len(plan.units):
        given = f"places for {total:,} of {len(plan.units):,} units"
        found.append(Problem("waves", given, "one place for each unit", "correct the sizes"))
    return found
