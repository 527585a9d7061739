"""A demo agency whose truth is known, for tutorials, tests and trying the tool out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.demo_events import DemoEvents, draw_events, draw_hours
from stepdown.incidents.demo_people import Days, DemoPeople, DemoPlan, draw_people
from stepdown.incidents.demo_study import study_text
from stepdown.incidents.units import label_texts
from stepdown.whole_file import write_whole

DEFAULT_SEED = 1


@dataclass(frozen=True, slots=True)
class DemoAgency:
    """A simulated agency: who worked, what was due and done, what would have happened."""

    seed: int
    plan: DemoPlan
    people: DemoPeople
    hours: NDArray[np.int64]  # (N, months)
    events: DemoEvents
    truth: dict[str, float]  # outcome -> true effect per officer and month

    @property
    def trained(self) -> Days:
        """The day each officer was in fact trained, (N,); NaT if not by the end of the data."""
        people = self.people
        days = np.full(len(people.officer), np.datetime64("NaT"), dtype="datetime64[D]")
        drawn = np.flatnonzero(people.wave >= 0)
        days[drawn] = people.trained_in[drawn, people.wave[drawn]]
        gone = (days > people.end) | (days >= self.plan.starts[-1])
        return np.where(gone, np.datetime64("NaT", "D"), days)


def simulate_agency(seed: int = DEFAULT_SEED, plan: DemoPlan | None = None) -> DemoAgency:
    """Simulate an agency that trained its officers in randomly drawn waves, with a known truth.

    `seed` is at least 0. Every officer has one life without training, drawn as Poisson events,
    and training prevents a fixed share of these events from the day it happens: potential
    outcomes under every wave are thinned copies of one another (common random numbers).

    The truth of an outcome is the finite-population value of the estimand `simple`. Analysed
    are the officers in the draw who served in every month. Y_it(g) is officer i's count in
    month t had i been assigned to wave g, with i's own delay (or never) in whichever wave;
    Y_it(inf) without training. ATE(g, t) is the mean of Y_it(g) - Y_it(inf) over all
    analysed officers, not only wave g: what the draw lets one estimate. The truth is the sum
    of N_g ATE(g, t) over all g <= t for which a wave after t exists, divided by the sum of
    N_g, where N_g is the number of analysed officers in wave g. A wave due after the data is
    a comparison throughout.
    """
    plan = plan or DemoPlan()
    people = draw_people(seed, plan)
    hours = draw_hours(seed, people, plan)
    events = draw_events(seed, people, hours, plan)
    return DemoAgency(seed, plan, people, hours, events, _truth(people, events, plan))


def _truth(people: DemoPeople, events: DemoEvents, plan: DemoPlan) -> dict[str, float]:
    last = max(plan.waves)
    sizes = [int((people.analysed & (people.wave == g)).sum()) for g in range(len(plan.waves))]
    cells = {
        g: np.arange(wave - 1, min(plan.months, last - 1))
        for g, wave in enumerate(plan.waves)
        if wave < last
    }
    weight = sum(sizes[g] * len(months) for g, months in cells.items())
    totals = dict.fromkeys(plan.outcomes, 0.0)
    analysed = people.analysed[events.unit]
    for g, months in cells.items():
        lost = analysed & ~events.happens(people.trained_in[:, g]) & np.isin(events.month, months)
        for name in totals:
            totals[name] -= sizes[g] * int((lost & (events.kind == name)).sum())
    scale = weight * int(people.analysed.sum())
    return {name: total / scale if scale else 0.0 for name, total in totals.items()}


def write_agency(agency: DemoAgency, folder: Path) -> Path:
    """Write people.csv, incidents.csv, hours.csv and study.yaml; return the study's path.

    Each file appears whole or not at all; `folder` is made if it is not there.
    """
    people, plan = agency.people, agency.plan
    due = np.array([*(plan.month_start(m) for m in plan.waves), np.datetime64("NaT")])
    _write_csv(
        folder / "people.csv",
        ["officer", "start", "end", "assigned", "trained", "district"],
        [
            people.officer,
            label_texts(people.start),
            label_texts(people.end),
            label_texts(due[people.wave]),
            label_texts(agency.trained),
            people.district,
        ],
    )
    events = agency.events
    happened = events.happens(agency.trained)
    _write_csv(
        folder / "incidents.csv",
        ["officer", "date", "kind"],
        [
            people.officer[events.unit[happened]],
            label_texts(events.day[happened]),
            events.kind[happened],
        ],
    )
    unit, month = np.nonzero(agency.hours)
    _write_csv(
        folder / "hours.csv",
        ["officer", "month", "hours"],
        [
            people.officer[unit],
            np.datetime_as_string(plan.starts, unit="M")[month],
            agency.hours[unit, month],
        ],
    )
    seen = set(events.kind[happened].tolist())
    study = folder / "study.yaml"
    return write_whole(study, study_text(plan, agency.seed, agency.truth, seen).encode())


def _write_csv(path: Path, header: Sequence[str], columns: Sequence[NDArray[np.generic]]) -> None:
    lines = [",".join(header)]
    lines += [
        ",".join("" if cell is None else str(cell) for cell in row)
        for row in zip(*(column.tolist() for column in columns), strict=True)
    ]
    write_whole(path, ("\n".join(lines) + "\n").encode())
