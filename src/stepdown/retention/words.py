"""A plan in words: one sentence for each visit, so that whoever is asked to come knows why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from stepdown.retention.refresher import Planned, Visit

DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Workload:
    """What a month asks for: visits, people and hours; and what is held, with and without them."""

    day: date
    visits: int
    people: int
    hours: float
    held: float
    held_without: float


def why(visit: Visit, names: Mapping[str, str]) -> str:
    """Say in one sentence why somebody should come. `names`: of techniques, by id."""
    listed = ", ".join(names.get(t, t) for t in visit.techniques).lower()
    since = _months(visit.since_days)
    if visit.by_lot:
        return f"Drawn by lot, to find out how long {listed} lasts here; {since} since the last."
    below = round(100 * (1 - visit.chance))
    gain = _months(visit.worth_days)
    return (
        f"{listed.capitalize()}: {since} since the last refresher, by now below the standard with "
        f"a chance of {below} %; a refresher should bring about {gain} of held skill."
    )


def workload(planned: Planned) -> tuple[Workload, ...]:
    """Return what each month of a plan asks for, in their order."""
    by_day: dict[date, list[Visit]] = {day: [] for day in planned.days}
    for visit in planned.visits:
        by_day[visit.day].append(visit)
    return tuple(
        Workload(day, len(visits), len({v.person for v in visits}), sum(v.hours for v in visits),
                 held, without)
        for (day, visits), held, without in zip(
            by_day.items(), planned.held, planned.held_without, strict=True
        )
    )  # fmt: skip


def _months(days: float) -> str:
    months = round(days / DAYS_A_MONTH)
    if months < 1:
        weeks = max(round(days / 7), 1)
        return "a week" if weeks == 1 else f"{weeks} weeks"
    return "a month" if months == 1 else f"{months} months"
