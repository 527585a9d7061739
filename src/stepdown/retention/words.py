"""A plan in words: one sentence for each visit, so that whoever is asked to come knows why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stepdown.retention.refresher import Planned, Visit

DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Workload:
    """What a month asks for: visits, people, and hours."""

    month: str
    visits: int
    people: int
    hours: float
    there: float


def why(visit: Visit, names: Mapping[str, str]) -> str:
    """Say in one sentence why somebody should come. `names`: of techniques, by id."""
    listed = _listed([names.get(t, t) for t in visit.techniques]).lower()
    since = _months(visit.since_days)
    if visit.by_lot:
        return f"Drawn by lot, to find out how long {listed} lasts here; {since} since the last."
    below = round(100 * (1 - visit.chance))
    gain = _months(visit.worth_days)
    return (
        f"{listed.capitalize()}: {since} since the last refresher, by now below the standard with "
        f"a chance of {below} %; a refresher should bring about {gain} of held skill."
    )


def workload(planned: Planned, there: Mapping[str, float]) -> tuple[Workload, ...]:
    """Return what each month asks for. `there`: the hours that there are, by month (2026-03)."""
    by_month: dict[str, list[Visit]] = {month: [] for month in there}
    for visit in planned.visits:
        by_month.setdefault(f"{visit.day:%Y-%m}", []).append(visit)
    return tuple(
        Workload(month, len(visits), len({v.person for v in visits}),
                 sum(v.hours for v in visits), there.get(month, 0.0))
        for month, visits in sorted(by_month.items())
    )  # fmt: skip


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _months(days: float) -> str:
    months = round(days / DAYS_A_MONTH)
    if months < 1:
        weeks = max(round(days / 7), 1)
        return "a week" if weeks == 1 else f"{weeks} weeks"
    return "a month" if months == 1 else f"{months} months"
