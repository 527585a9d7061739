"""Spend the same training hours in five ways on people who forget, and count what they hold.

Run: make bench-refreshers. Writes benchmarks/refreshers.md. The truth is unlike the model that
plans: a power law of its own, half-lives drawn for people and techniques, scores that scatter and
are cut off at 0 and 1. Change it: --power, --growth, --median, --people-sd, --technique-sd, and so
on (--help).
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from stepdown.retention.held import held
from stepdown.retention.history import Histories
from stepdown.retention.memory import factor
from stepdown.retention.plan import plan
from stepdown.retention.prior import Prior, prior_of, shipped
from stepdown.retention.refit import FEWEST_RETESTS, refit, unfitted
from stepdown.retention.refresher import Month, Refresher, Wishes
from stepdown.retention.worth import Aim

HERE = Path(__file__).parent
MONTH = 365.25 / 12
MONTHS = 36
REFITS = {3, 6, 9, 12, 24}
SEEDS = (1, 2, 3)
TODAY = date(2020, 1, 1)


@dataclass(frozen=True)
class Truth:
    """How people forget. Half-lives in months; standard deviations of logarithms."""

    people: int = 2000
    techniques: int = 8
    power: float = 1.0
    growth: float = 0.0
    median: float = 12.0
    people_sd: float = 0.6
    technique_sd: float = 0.4
    own_sd: float = 0.0
    noise: float = 0.1
    hours: float = 8.0
    standard: float = 0.8
    together: bool = False
    aim: Aim = "standard"
    within: int = 365


class World:
    """People who were taught everything once, a twelfth of them in each of the first 12 months."""

    def __init__(self, truth: Truth, seed: int) -> None:
        r = np.random.default_rng([seed, 1])
        n, k = truth.people, truth.techniques
        log = (
            r.normal(0, truth.people_sd, (n, 1)) + r.normal(0, truth.technique_sd, (1, k))
            + r.normal(0, 1, (n, k)) * truth.own_sd
        )  # fmt: skip
        self.truth, self.half = truth, truth.median * np.exp(log)
        self.technique_half = truth.median * np.exp(log.mean(axis=0) - log.mean() + np.log(1.0))
        self.cohort = r.integers(0, 12, n) * (0 if truth.together else 1)
        self.last = np.repeat(self.cohort[:, None], k, 1).astype(float)
        self.noise = np.random.default_rng([seed, 2])
        self.share: list[float] = []
        self.mean: list[float] = []

    def left(self, month: float) -> np.ndarray:
        """Return the share of every skill that is left, in truth."""
        c = self.truth.power
        return (1 + (month - self.last) / self.half * (2 ** (1 / c) - 1)) ** -c

    def lasts(self) -> np.ndarray:
        """Months from teaching until a skill falls below the standard, in truth."""
        c, s = self.truth.power, self.truth.standard
        return self.half * (s ** (-1 / c) - 1) / (2 ** (1 / c) - 1)

    def given(self, t: np.ndarray) -> np.ndarray:
        """Months of full skill that a cycle gave after `t` months, in truth."""
        c, k = self.truth.power, (2 ** (1 / self.truth.power) - 1) / self.half
        return np.log1p(k * t) / k if c == 1 else ((1 + k * t) ** (1 - c) - 1) / ((1 - c) * k)

    def refresh(self, month: int, chosen: np.ndarray) -> np.ndarray:
        """Test, then teach, what is chosen; return the scores."""
        left = self.left(month)
        scores = np.clip(left + self.noise.normal(0, self.truth.noise, left.shape), 0, 1)
        self.half = np.where(chosen, self.half * (1 + self.truth.growth * (1 - left)), self.half)
        self.last = np.where(chosen, month, self.last)
        return np.where(chosen, scores, np.nan)

    def watch(self, month: int) -> None:
        """Note what is held during a month."""
        at = [self.left(month + u) for u in (0.125, 0.375, 0.625, 0.875)]
        self.share.append(float(np.mean([a >= self.truth.standard for a in at])))
        self.mean.append(float(np.mean(at)))


class Nothing:
    """Nobody comes again."""

    def __init__(self, world: World, prior: str) -> None:
        self.world = world
        self.a_month = round(world.truth.people * world.truth.hours / 12)

    def choose(self, month: int) -> np.ndarray:
        """Return whose skills are refreshed in a month."""
        return np.zeros(self.world.half.shape, bool)

    def learn(self, month: int, scores: np.ndarray) -> None:
        """Take the scores of a month."""

    def best(self, value: np.ndarray) -> np.ndarray:
        """Choose what is worth most, as far as the month's hours go."""
        chosen = np.zeros(value.size, bool)
        chosen[np.argsort(-value, axis=None, kind="stable")[: self.a_month]] = True
        return (chosen & (value.ravel() > 0)).reshape(value.shape)


class Yearly(Nothing):
    """Everybody comes for everything once a year, twelve months after they were last taught."""

    def choose(self, month: int) -> np.ndarray:
        """Return whose skills are refreshed in a month."""
        due = (self.world.cohort == month % 12) & (month > self.world.cohort)
        return np.repeat(due[:, None], self.world.half.shape[1], 1)


class Lowest(Nothing):
    """Whoever had the lowest last score comes first; at the beginning all had the best."""

    def __init__(self, world: World, prior: str) -> None:
        super().__init__(world, prior)
        self.scores = 1 + np.random.default_rng(3).random(world.half.shape) * 1e-3

    def choose(self, month: int) -> np.ndarray:
        """Return whose skills are refreshed in a month."""
        return self.best(2 - self.scores)

    def learn(self, month: int, scores: np.ndarray) -> None:
        """Take the scores of a month."""
        self.scores = np.where(np.isnan(scores), self.scores, scores)


class Oracle(Nothing):
    """Knows how long each skill lasts, and refreshes those that last longest when they fall."""

    def choose(self, month: int) -> np.ndarray:
        """Return whose skills are refreshed in a month."""
        t, world = month - self.world.last, self.world
        if world.truth.aim == "skill":
            gain = world.given(t) - t * world.left(month)
            return self.best(gain * (1 + world.truth.growth * (1 - world.left(month))))
        lasts = world.lasts()
        return self.best(np.where(t >= lasts - 0.5, lasts, 0.0))


class Planned(Nothing):
    """The plan of this package: prior, scores as they come, refits, and the program."""

    def __init__(self, world: World, prior: str) -> None:
        super().__init__(world, prior)
        n, k = world.half.shape
        self.prior, self.first = prior_for(world, prior), 0 if world.truth.together else 12
        self.fit = unfitted(self.prior)
        self.names = self.prior.techniques
        self.people = tuple(str(p) for p in range(n))
        self.catalogue = [Refresher(t, t, 1.0, (t,)) for t in self.names]
        self.days = np.full((n * k, 64), np.nan)
        self.score, self.recovered = self.days.copy(), self.days.copy()
        self.days[:, 0], self.recovered[:, 0] = 0.0, 1.0
        self.count = np.ones(n * k, int)

    def histories(self) -> Histories:
        """Return what is known by now."""
        n, k = self.world.half.shape
        to = int(self.count.max())
        first = np.array([_day(c) for c in self.world.cohort], "datetime64[D]")
        return Histories(
            self.people, self.names, np.repeat(np.arange(n), k), np.tile(np.arange(k), n),
            self.days[:, :to], self.score[:, :to], self.recovered[:, :to], np.repeat(first, k), 0,
        )  # fmt: skip

    def choose(self, month: int) -> np.ndarray:
        """Return whose skills are refreshed in a month."""
        given = self.histories()
        if month - self.first in REFITS and given.retests >= FEWEST_RETESTS:
            self.fit = refit(given.sample(300, seed=month), self.prior)
        now, day = held(given, self.fit, _day(month), self.world.truth.standard), _day(month)
        scouting = 0.15 if month < self.first + 6 else 0.02
        wishes = Wishes(
            aim=self.world.truth.aim, scouting=scouting, seed=month, within=self.world.truth.within
        )
        found = plan(now, self.catalogue, [Month(day, self.a_month)], day, wishes)
        chosen = np.zeros(self.world.half.shape, bool)
        for visit in found.visits:
            chosen[int(visit.person), self.names.index(visit.refresher)] = True
        return chosen

    def learn(self, month: int, scores: np.ndarray) -> None:
        """Take the scores of a month."""
        rows = np.flatnonzero(np.isfinite(scores.ravel()))
        first = np.repeat(self.world.cohort, scores.shape[1])[rows]
        at = self.count[rows]
        self.days[rows, at] = [(_day(month) - _day(c)).days for c in first]
        self.score[rows, at] = scores.ravel()[rows]
        self.recovered[rows, at] = 1.0
        self.count[rows] += 1


def prior_for(world: World, kind: str) -> Prior:
    """Return the prior: right for techniques, off, in reverse order, or the same for all."""
    base = prior_of(shipped(), ["listening"] * world.truth.techniques)
    base = replace(base, techniques=tuple(f"t{n}" for n in range(world.truth.techniques)))
    half = world.technique_half
    ranks = np.argsort(np.argsort(half))
    half = {
        "right": half, "twice": half * 2, "half": half / 2,
        "reversed": np.sort(half)[::-1][ranks], "equal": np.full(len(half), world.truth.median),
    }[kind]  # fmt: skip
    d = np.exp(base.parameters.decay)
    return base.with_stability(half * MONTH * factor(d) / (2 ** (1 / d) - 1))


def _day(month: int) -> date:
    return TODAY + timedelta(days=round(month * MONTH))


WAYS = {"none": Nothing, "yearly": Yearly, "lowest": Lowest, "oracle": Oracle, "plan": Planned}


def outcome(job: tuple[Truth, int, str, str]) -> tuple[float, float, float]:
    """Return the share held, the mean left and the seconds that one way took."""
    truth, seed, way, prior = job
    begun = time.perf_counter()
    world = World(truth, seed)
    policy = WAYS[way](world, prior)
    first = 0 if truth.together else 12
    for month in range(first, first + MONTHS):
        chosen = policy.choose(month)
        policy.learn(month, world.refresh(month, chosen))
        world.watch(month)
    return float(np.mean(world.share)), float(np.mean(world.mean)), time.perf_counter() - begun


PRIORS = ("right", "twice", "half", "reversed", "equal")
ROWS = [(w, "right") for w in WAYS if w != "plan"] + [("plan", p) for p in PRIORS]
CASES = {
    "As asked": Truth(),
    "Counted by mean skill instead, and planned for it": Truth(aim="skill"),
    "Another power, and refreshers that make skills last": Truth(power=0.5, growth=1.0),
    "Each person's techniques differ too": Truth(own_sd=0.4, noise=0.15),
}


def table(truth: Truth, pool: ProcessPoolExecutor) -> list[str]:
    """Return the lines that tell how each way did, the scores over all seeds."""
    metric = 1 if truth.aim == "skill" else 0
    listed = [(truth, seed, way, prior) for seed in SEEDS for way, prior in ROWS]
    found = np.array(list(pool.map(outcome, listed))).reshape(len(SEEDS), len(ROWS), 3)
    held = found[:, :, metric]
    none, oracle = held[:, [0]], held[:, [list(WAYS).index("oracle")]]
    score = (held - none) / (oracle - none)
    lines = ["| way | prior | held | score | lowest and highest of the seeds | less yearly |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for n, (way, prior) in enumerate(ROWS):
        told = prior if way == "plan" else ""
        over = score[:, n].mean() - score[:, 1].mean()
        low, high = score[:, n].min(), score[:, n].max()
        lines.append(
            f"| {way} | {told} | {held[:, n].mean():.3f} | {score[:, n].mean():.3f} | "
            f"{low:.3f} to {high:.3f} | {over:+.3f} |"
        )
    return lines


HEAD = """# Refreshers: the same hours, spent in five ways

Written by `make bench-refreshers`. {people:,} people, {techniques} techniques, 8 hours a person a
year, an hour for one technique of one person. All were taught once, a twelfth of them in each month
of a year; then {months} months are watched. Every way has the same hours in each month. The truth
is unlike the model that plans: a power law of its own with power c, half-lives lognormal with
median 12 months and standard deviations of the logarithm .6 over people and .4 over techniques,
scores that scatter with .1 and are cut off at 0 and 1. Seeds {seeds}.

**held**: the share of skills at or above the standard (0.8 of what was taught), over all months.
**score**: (held - none) / (oracle - none); the oracle knows how long every skill lasts.
**prior**: `right` knows each technique's true median half-life (and nobody's own); the others are
off by 2, by 1/2, ranked in reverse, or the same for all techniques.

"""
TAIL = """
## What this does and does not say

- Bars: the plan beats yearly and lowest-last-score-first by at least .15, and loses at most .02 to
  yearly with each wrong prior (first table).
- **What is counted decides.** By the mean of what is left (second table) yearly-for-everyone is
  nearly as good as the oracle, and no plan can beat it by more than a few hundredths: hours moved
  from those who remember long to those who forget soon win about what they lose. A plan pays where
  it counts whether people are at a standard. `Wishes.aim` chooses.
- With the standard as aim, hours go first to skills that stay at it long, and mean skill is lower
  than with yearly for everyone. `within` promises that nobody waits longer than a year for some
  refresher; it is on in these tables.
- Simulated people. None of this says that refreshers change encounters in the field.
"""


def main() -> None:
    """Compare the ways; write the report, or print one table for a truth of one's own."""
    parser = argparse.ArgumentParser()
    usual = asdict(Truth())
    for name, value in usual.items():
        kind = type(value) if not isinstance(value, bool) else lambda text: text == "True"
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=value)
    parser.add_argument("--workers", type=int, default=2)
    given = vars(parser.parse_args())
    workers = given.pop("workers")
    with ProcessPoolExecutor(workers) as pool:
        if given != usual:
            print(*table(Truth(**given), pool), sep="\n")
            return
        told = HEAD.format(
            people=Truth.people, techniques=Truth.techniques, months=MONTHS,
            seeds=", ".join(map(str, SEEDS)),
        )  # fmt: skip
        for name, truth in CASES.items():
            lines = "\n".join(table(truth, pool))
            told += f"## {name}\n\n{_said(truth)}\n\n{lines}\n\n"
            print(lines, flush=True)
            (HERE / "refreshers.md").write_text(told.rstrip() + "\n" + TAIL, encoding="utf-8")


def _said(truth: Truth) -> str:
    return (
        f"c = {truth.power}; half-lives grow by {truth.growth} with a refresher when all was lost; "
        f"SD over a person's own techniques {truth.own_sd}; noise {truth.noise}; aim: {truth.aim}."
    )


if __name__ == "__main__":
    main()
