"""A simulated agency as a file, and what the analysis makes of it."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np

from stepdown.evaluation.same_scene.analyse import analyse
from stepdown.evaluation.same_scene.columns import Columns
from stepdown.evaluation.same_scene.options import Options
from stepdown.evaluation.same_scene.read import Reading, read_scenes
from stepdown.evaluation.same_scene.results import SameSceneResults
from stepdown.evaluation.same_scene.sample import Tuning
from stepdown.evaluation.same_scene.simulate import Agency, Truth, simulate_agency
from tests.once import once

LEVELS = ("none", "hands", "weapon", "shot")
COLUMNS = Columns(
    "incident", "officer", "force", date="day", trained_on="course", beside=("years",)
)
TUNING = Tuning(chains=4, draws=1000, tune=500)
FIRST_DAY = dt.date(2019, 1, 1)


def agency(seed: int = 7, officers: int = 50, scenes: int = 260, beta: float = -0.8) -> Agency:
    return simulate_agency(np.random.default_rng(seed), officers, scenes, Truth(beta=beta))


def write_agency(path: Path, made: Agency) -> Path:
    """Write an agency as an analyst has it: words for levels, days, never for the untrained."""
    scenes = made.scenes

    def day(at: float) -> str:
        return (FIRST_DAY + dt.timedelta(days=int(1000 * at))).isoformat()

    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["incident", "officer", "force", "day", "course", "years"])
        for row in range(scenes.level.size):
            who, k = scenes.officer[row], scenes.scene[row]
            training = made.training_day[who]
            out.writerow([
                scenes.incidents[k], 1000 + who, LEVELS[scenes.level[row]], day(made.day[k]),
                "never" if training > 1 else day(training), 3 + who % 20,
            ])  # fmt: skip
    return path


def analysed_once(base: Path) -> tuple[Reading, SameSceneResults]:
    """Read and fit the agency, once for all tests; `base` is pytest's folder."""
    return once(base, "agency", _analysed)


def _analysed(folder: Path) -> tuple[Reading, SameSceneResults]:
    options = Options(
        COLUMNS, LEVELS, tuning=TUNING, randomized=True, permutations=499, placebo=2,
        min_scenes=24,
    )  # fmt: skip
    reading = read_scenes(write_agency(folder / "force.csv", agency()), options)
    return reading, analyse(reading, options)
