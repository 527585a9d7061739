"""What happens to the demo agency's officers, with and without training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.demo_people import Days, DemoOutcome, DemoPeople, DemoPlan, Purpose, stream

FULL_HOURS = 160


@dataclass(frozen=True, slots=True)
class DemoEvents:
    """Everything that would happen if nobody were trained, one element per event, (E,).

    An event with `prevented` does not happen once its officer has been trained: the trained
    count is a thinned copy of the untrained one.
    """

    unit: NDArray[np.int64]  # index into the people
    month: NDArray[np.int64]  # from 0
    day: Days
    kind: NDArray[np.object_]
    prevented: NDArray[np.bool_]

    def happens(self, trained: Days) -> NDArray[np.bool_]:
        """Tell which events happen when each officer is trained on a given day, (N,)."""
        return ~(self.prevented & (self.day >= trained[self.unit]))


def draw_hours(seed: int, people: DemoPeople, plan: DemoPlan) -> NDArray[np.int64]:
    """Draw scheduled hours, (N, months): whole shifts, vacations, and now and then a long leave.

    Hours are 0 outside service and fewer in a month that somebody joins or leaves in.
    """
    chance = stream(seed, Purpose.HOURS)
    shape = (len(people.officer), plan.months)
    shifts = FULL_HOURS // 8 + chance.integers(-2, 3, shape)
    vacation = chance.random(shape) < 2 / 12
    shifts = np.where(vacation, shifts - chance.integers(5, 11, shape), shifts)
    shifts = np.where(chance.random(shape) < 0.01, 0, shifts)
    begins, ends = plan.starts[:-1], plan.starts[1:]
    until = np.where(np.isnat(people.end), plan.starts[-1], people.end + 1)
    served = np.minimum(until[:, None], ends) - np.maximum(people.start[:, None], begins)
    share = np.clip(served / (ends - begins), 0, 1)
    hours: NDArray[np.int64] = 8 * np.floor(shifts * share).astype(np.int64)
    return hours


def draw_events(
    seed: int, people: DemoPeople, hours: NDArray[np.int64], plan: DemoPlan
) -> DemoEvents:
    """Draw all outcomes' untrained events and which of them training would prevent."""
    frailty, counts, days, thinning = (
        stream(seed, p) for p in (Purpose.FRAILTY, Purpose.COUNTS, Purpose.DAYS, Purpose.THINNING)
    )
    parts = []
    for name, outcome in plan.outcomes.items():
        rate = _rates(frailty, outcome, people, hours, plan)
        found = counts.poisson(rate)
        unit, month = np.divmod(np.repeat(np.arange(found.size), found.ravel()), plan.months)
        share, prevented = days.random(unit.size), thinning.random(unit.size) < outcome.effect
        day = _day_in_service(share, unit, month, people, plan)
        parts.append((unit, month, day, np.full(unit.size, name, dtype=object), prevented))
    unit, month, day, kind, prevented = (np.concatenate(p) for p in zip(*parts, strict=True))
    order = np.lexsort((unit, day))
    return DemoEvents(unit[order], month[order], day[order], kind[order], prevented[order])


def _rates(
    chance: np.random.Generator,
    outcome: DemoOutcome,
    people: DemoPeople,
    hours: NDArray[np.int64],
    plan: DemoPlan,
) -> NDArray[np.float64]:
    """Give expected untrained events, (N, months): `rate` on average over working months."""
    spread = chance.gamma(outcome.frailty, 1 / outcome.frailty, len(people.officer))
    names = {name: i for i, name in enumerate(plan.districts)}
    busy = np.linspace(1.3, 0.7, len(names))[[names[d] for d in people.district.tolist()]]
    months = np.arange(plan.months)
    season = 1 + 0.12 * np.sin(2 * np.pi * (months - 3) / 12) - 0.002 * months
    rate = (spread * busy)[:, None] * season * hours
    working = hours > 0
    before = working & (months < plan.break_month - 1)
    rate *= outcome.rate / rate[before].mean()
    rate[:, plan.break_month - 1 :] *= outcome.recorded
    return rate


def _day_in_service(
    share: NDArray[np.float64],
    unit: NDArray[np.int64],
    month: NDArray[np.int64],
    people: DemoPeople,
    plan: DemoPlan,
) -> Days:
    begin = np.maximum(plan.starts[month], people.start[unit])
    end = plan.starts[month + 1]
    left = people.end[unit] + 1
    end = np.where(np.isnat(left), end, np.minimum(left, end))
    length = (end - begin).astype(np.int64)
    days: Days = begin + np.floor(share * length).astype(np.int64).astype("timedelta64[D]")
    return days
