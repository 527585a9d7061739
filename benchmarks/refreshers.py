"""Spend the same training hours in five ways on people who forget, and count what they hold.

Run: make bench-refreshers. Writes benchmarks/refreshers.md when all of it is done. The truth is
unlike the model that plans: a curve of its own, half-lives drawn for people and techniques, scores
that scatter and are cut off at 0 and 1. With any option that changes the truth one table is printed
and nothing is written: --people 100, --hours 4, --median 6, --shape exponential, --aim skill, and
whatever else `Truth` holds (--help).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
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
BAR, MOST_LOST, SPENT = 0.15, 0.02, 0.02
"""What the plan should win over yearly, what it may lose with a wrong prior, and how far what was
spent may be off the hours that there are."""


@dataclass(frozen=True)
class Truth:
    """How people forget. Half-lives in months; standard deviations of logarithms.

    `median`: of the half-lives. `people_sd`: over people; `technique_sd`: over techniques;
    `own_sd`: over a person's own techniques; `group_sd`: over each person's two groups of
    techniques, which makes those of a group alike. `shape`: of the curve, see `SHAPES`; `power`: of
    the power law. `growth`: what half-lives grow by with a refresher when all was lost. `noise`: of
    scores. `hours`: of each person in a year. `together`: all were taught in the same month.
    `fitted_on`: the people whose scores are fitted, drawn by lot.
    """

    people: int = 2000
    techniques: int = 8
    shape: str = "power"
    power: float = 1.0
    growth: float = 0.0
    median: float = 12.0
    people_sd: float = 0.6
    technique_sd: float = 0.4
    own_sd: float = 0.0
    group_sd: float = 0.0
    noise: float = 0.1
    hours: float = 8.0
    standard: float = 0.8
    together: bool = False
    aim: Aim = "standard"
    within: int = 365
    fitted_on: int = 150


@dataclass(frozen=True)
class Shape:
    """A curve over time in half-lives: what is left, how long a share lasts, the area so far."""

    left: Callable[[np.ndarray], np.ndarray]
    lasts: Callable[[float], float]
    given: Callable[[np.ndarray], np.ndarray]


def power_law(c: float) -> Shape:
    """Return (1 + kx)^-c."""
    k = 2 ** (1 / c) - 1
    return Shape(
        lambda x: (1 + k * x) ** -c,
        lambda s: float((s ** (-1 / c) - 1) / k),
        lambda x: np.log1p(k * x) / k if c == 1 else ((1 + k * x) ** (1 - c) - 1) / ((1 - c) * k),
    )


SHAPES = {
    "exponential": Shape(
        lambda x: 2.0**-x, lambda s: float(-np.log2(s)), lambda x: (1 - 2.0**-x) / np.log(2)
    ),
    "s-shaped": Shape(
        lambda x: 1 / (1 + x**2), lambda s: float(np.sqrt(1 / s - 1)), np.arctan
    ),
    "half-kept": Shape(
        lambda x: 0.5 + 0.5 * 2.0**-x, lambda s: float(-np.log2(2 * s - 1)),
        lambda x: 0.5 * x + 0.5 * (1 - 2.0**-x) / np.log(2),
    ),
}  # fmt: skip
"""Curves besides the power law; of `half-kept` the half-life is that of the half that can go."""


class World:
    """People who were taught everything once, a twelfth of them in each of the first 12 months."""

    def __init__(self, truth: Truth, seed: int) -> None:
        r = np.random.default_rng([seed, 1])
        n, k = truth.people, truth.techniques
        of_person, of_technique = (
            r.normal(0, truth.people_sd, (n, 1)), r.normal(0, truth.technique_sd, (1, k)),
        )  # fmt: skip
        log = of_person + of_technique + r.normal(0, 1, (n, k)) * truth.own_sd
        groups = np.random.default_rng([seed, 9]).normal(0, truth.group_sd, (n, 2))
        self.truth, self.half = truth, truth.median * np.exp(log + groups[:, np.arange(k) % 2])
        self.technique_half = truth.median * np.exp(of_technique[0])
        self.shape = SHAPES.get(truth.shape) or power_law(truth.power)
        self.cohort = r.integers(0, 12, n) * (0 if truth.together else 1)
        self.last = np.repeat(self.cohort[:, None], k, 1).astype(float)
        self.noise = np.random.default_rng([seed, 2])
        self.a_month = round(n * truth.hours / 12)
        self.share: list[float] = []
        self.mean: list[float] = []

    def left(self, month: float) -> np.ndarray:
        """Return the share of every skill that is left, in truth."""
        return self.shape.left((month - self.last) / self.half)

    def lasts(self) -> np.ndarray:
        """Months from teaching until a skill falls below the standard, in truth."""
        return self.half * self.shape.lasts(self.truth.standard)

    def given(self, t: np.ndarray) -> np.ndarray:
        """Months of full skill that a cycle gave after `t` months, in truth."""
        return self.half * self.shape.given(t / self.half)

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

    def choose(self, month: int, hours: int) -> np.ndarray:
        """Return whose skills are refreshed in a month, in no more than so many hours."""
        return np.zeros(self.world.half.shape, bool)

    def learn(self, month: int, scores: np.ndarray) -> None:
        """Take the scores of a month."""

    def best(self, value: np.ndarray, hours: int) -> np.ndarray:
        """Choose what is worth most, as far as the hours go."""
        chosen = np.zeros(value.size, bool)
        chosen[np.argsort(-value, axis=None, kind="stable")[:hours]] = True
        return (chosen & (value.ravel() > 0)).reshape(value.shape)


class Yearly(Nothing):
    """Everybody comes for everything in turn, who waited longest first.

    With an hour a year for each technique that is yearly; else everybody's turn comes after
    12 * techniques / hours months. Each month's hours are used.
    """

    def choose(self, month: int, hours: int) -> np.ndarray:
        """Return whose skills are refreshed in a month, in no more than so many hours."""
        waited = month - self.world.last
        turn = np.argsort(np.argsort(waited.max(axis=1), kind="stable"))
        return self.best(np.where(waited > 0, 1.0 + turn[:, None], 0.0), hours)


class Lowest(Nothing):
    """Whoever had the lowest last score comes first; at the beginning all had the best."""

    def __init__(self, world: World, prior: str) -> None:
        super().__init__(world, prior)
        self.scores = 1 + np.random.default_rng(3).random(world.half.shape) * 1e-3

    def choose(self, month: int, hours: int) -> np.ndarray:
        """Return whose skills are refreshed in a month, in no more than so many hours."""
        return self.best(2 - self.scores, hours)

    def learn(self, month: int, scores: np.ndarray) -> None:
        """Take the scores of a month."""
        self.scores = np.where(np.isnan(scores), self.scores, scores)


class Oracle(Nothing):
    """Knows how long each skill lasts, and refreshes those that last longest when they fall."""

    def choose(self, month: int, hours: int) -> np.ndarray:
        """Return whose skills are refreshed in a month, in no more than so many hours."""
        t, world = month - self.world.last, self.world
        if world.truth.aim == "skill":
            gain = world.given(t) - t * world.left(month)
            return self.best(gain * (1 + world.truth.growth * (1 - world.left(month))), hours)
        lasts = world.lasts()
        return self.best(np.where(t >= lasts - 0.5, lasts, 0.0), hours)


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

    def choose(self, month: int, hours: int) -> np.ndarray:
        """Return whose skills are refreshed in a month, in no more than so many hours."""
        given = self.histories()
        if month - self.first in REFITS and given.retests >= FEWEST_RETESTS:
            self.fit = refit(given.sample(self.world.truth.fitted_on, seed=month), self.prior)
        now, day = held(given, self.fit, _day(month), self.world.truth.standard), _day(month)
        scouting = 0.15 if month < self.first + 6 else 0.02
        wishes = Wishes(
            aim=self.world.truth.aim, scouting=scouting, seed=month, within=self.world.truth.within
        )
        found = plan(now, self.catalogue, [Month(day, hours)], day, wishes)
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


@dataclass(frozen=True)
class Job:
    """One way, with a prior, in one world."""

    truth: Truth
    seed: int
    way: str
    prior: str = "right"


@dataclass(frozen=True)
class Outcome:
    """What was held over all months, by both counts; hours used, as a share; seconds."""

    standard: float
    skill: float
    used: float
    seconds: float


def outcome(job: Job) -> Outcome:
    """Let one way spend the hours: each month's, and what the month before left of its own."""
    begun = time.perf_counter()
    world = World(job.truth, job.seed)
    way = WAYS[job.way](world, job.prior)
    first, left, used = 0 if job.truth.together else 12, 0, 0
    for month in range(first, first + MONTHS):
        there = world.a_month + left
        chosen = way.choose(month, there)
        spent = int(chosen.sum())
        left, used = min(there - spent, world.a_month), used + spent
        way.learn(month, world.refresh(month, chosen))
        world.watch(month)
    return Outcome(
        float(np.mean(world.share)), float(np.mean(world.mean)), used / (world.a_month * MONTHS),
        time.perf_counter() - begun,
    )  # fmt: skip


PRIORS = ("right", "twice", "half", "reversed", "equal")
ROWS = [(w, "right") for w in WAYS if w != "plan"] + [("plan", p) for p in PRIORS]
FEW_ROWS = [row for row in ROWS if row[1] in ("right", "reversed")]
CASES = {
    "As asked": Truth(fitted_on=300),
    "Counted by mean skill instead, and planned for it": Truth(aim="skill"),
    "Another power, and refreshers that make skills last": Truth(power=0.5, growth=1.0),
    "Each person's techniques differ too": Truth(own_sd=0.4, noise=0.15),
}
_FEW = Truth(people=500)
TRUTHS = {
    "as asked": _FEW,
    "median 6 months": replace(_FEW, median=6.0),
    "median 18 months": replace(_FEW, median=18.0),
    "median 24 months": replace(_FEW, median=24.0),
    "people differ more (.9)": replace(_FEW, people_sd=0.9),
    "exponential": replace(_FEW, shape="exponential"),
    "S-shaped": replace(_FEW, shape="s-shaped"),
    "half is never lost": replace(_FEW, shape="half-kept"),
    "techniques alike in two groups": replace(_FEW, group_sd=0.5),
    "each person's techniques differ (.4), noise .15": replace(_FEW, own_sd=0.4, noise=0.15),
    "4 hours a year": replace(_FEW, hours=4.0),
    "16 hours a year": replace(_FEW, hours=16.0),
    "noise .2": replace(_FEW, noise=0.2),
}


@dataclass(frozen=True)
class Compared:
    """How each way did in a truth: (seeds, ways) each."""

    truth: Truth
    rows: tuple[tuple[str, str], ...]
    standard: np.ndarray
    skill: np.ndarray
    used: np.ndarray

    @property
    def score(self) -> np.ndarray:
        """What each way won of what the oracle won over nothing, by the count that was aimed at."""
        held = self.skill if self.truth.aim == "skill" else self.standard
        none, oracle = (held[:, [self.at(way)]] for way in ("none", "oracle"))
        return (held - none) / (oracle - none)

    def at(self, way: str, prior: str = "right") -> int:
        """Return the column of a way."""
        return self.rows.index((way, prior))

    def less(self, other: str, prior: str = "right") -> float:
        """Return what the plan won more than another way, on average."""
        score = self.score.mean(axis=0)
        return float(score[self.at("plan", prior)] - score[self.at(other)])


def compared(
    truths: Sequence[Truth], rows: Sequence[tuple[str, str]], seeds: Sequence[int],
    over: Callable[[Callable[[Job], Outcome], Iterable[Job]], Iterable[Outcome]] = map,
) -> list[Compared]:  # fmt: skip
    """Return how each way did in each truth. Raises ValueError for hours that were not the same."""
    jobs = [Job(t, seed, *row) for t in truths for seed in seeds for row in rows]
    found = list(over(outcome, jobs))
    made = []
    for n, truth in enumerate(truths):
        part = found[n * len(seeds) * len(rows) : (n + 1) * len(seeds) * len(rows)]
        standard, skill, used = (
            np.array([getattr(one, name) for one in part]).reshape(len(seeds), len(rows))
            for name in ("standard", "skill", "used")
        )
        made.append(Compared(truth, tuple(rows), standard, skill, used))
        _require_same_hours(made[-1])
    return made


def _require_same_hours(found: Compared) -> None:
    """Raise ValueError where a way had more hours than others, or did not use those it had.

    The oracle and the plan may leave hours that nobody needs.
    """
    for (way, _), used in zip(found.rows, found.used.mean(axis=0), strict=True):
        idle = way in ("yearly", "lowest") and used < 1 - SPENT
        if used > 1 + SPENT or idle:
            raise ValueError(f"{way} used {used:.3f} of the hours in {found.truth}")


def table(found: Compared) -> list[str]:
    """Return the lines that tell how each way did, the scores over all seeds."""
    lines = [
        "| way | prior | at the standard | mean skill | score | lowest and highest of the seeds "
        "| less yearly | hours used |",
        "|---|---|---|---|---|---|---|---|",
    ]
    score = found.score
    for n, (way, prior) in enumerate(found.rows):
        over = score[:, n].mean() - score[:, found.at("yearly")].mean()
        lines.append(
            f"| {way} | {prior if way == 'plan' else ''} | {found.standard[:, n].mean():.3f} | "
            f"{found.skill[:, n].mean():.3f} | {score[:, n].mean():.3f} | "
            f"{score[:, n].min():.3f} to {score[:, n].max():.3f} | {over:+.3f} | "
            f"{found.used[:, n].mean():.2f} |"
        )
    return lines


def over_truths(found: Mapping[str, Compared]) -> list[str]:
    """Return the lines that tell in which truths a plan wins, and then what each way held."""
    lines = [
        "| truth | score of yearly | plan less yearly | plan less lowest "
        "| prior reversed, less yearly | +.15 over yearly |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        yearly = float(one.score[:, one.at("yearly")].mean())
        bar = "yes" if one.less("yearly") >= BAR else "**no**"
        if yearly > 1 - BAR:
            bar += ", nor can it be: yearly is above .85"
        lines.append(
            f"| {name} | {yearly:.3f} | {one.less('yearly'):+.3f} | {one.less('lowest'):+.3f} | "
            f"{one.less('yearly', 'reversed'):+.3f} | {bar} |"
        )
    told = [f"plan, prior {prior}" if way == "plan" else way for way, prior in FEW_ROWS]
    lines += ["", "At the standard / mean skill, and the share of the hours that was used:", "",
              f"| truth | {' | '.join(told)} |", "|---" * (len(told) + 1) + "|"]  # fmt: skip
    for name, one in found.items():
        cells = (
            f"{one.standard[:, n].mean():.3f} / {one.skill[:, n].mean():.3f}, "
            f"{one.used[:, n].mean():.2f}"
            for n in (one.at(*row) for row in FEW_ROWS)
        )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


HEAD = """# Refreshers: the same hours, spent in five ways

Written by `make bench-refreshers`. {people:,} people, {techniques} techniques, 8 hours a person a
year, an hour for one technique of one person. All were taught once, a twelfth of them in each month
of a year; then {months} months are watched. Every way has the same hours in each month, and may
save what it does not use for the next; where they differ by more than 2 %, the run fails. The truth
is unlike the model that plans: a power law of its own with power c, half-lives lognormal with
median 12 months and standard deviations of the logarithm .6 over people and .4 over techniques,
scores that scatter with .1 and are cut off at 0 and 1. Seeds {seeds} in the first table, the first
of them in the others. Fits are of the scores of {sample} people drawn by lot, in the other tables
of {fewer}.

**at the standard**: the share of skills at or above the standard (0.8 of what was taught), over all
months. **mean skill**: the mean share that is left. **score**: (held - none) / (oracle - none), by
the count that is aimed at; the oracle knows how long every skill lasts, and leaves hours that
nobody needs. **yearly**: everybody comes for everything in turn, which with 8 hours for 8
techniques is once a year. **lowest**: whoever had the lowest last score comes first. **prior**:
`right` knows the median half-life of each technique, over all people there could be (and nobody's
own); the others are off by 2, by 1/2, ranked in reverse, or the same for all techniques.

"""
TAIL = """## What this does and does not say

- Bars: the plan beats yearly and lowest-last-score-first by at least .15, and loses at most .02 to
  yearly with each wrong prior. In the first table: {bars}. Over the truths above, the plan misses
  .15 over yearly in {missed}.
- **When a plan pays.** Where hours are scarce for how fast skills fade: then many skills cannot be
  kept at the standard by anything, yearly spends hours on them all the same, and a plan spends them
  where they hold. Where hours are plenty or skills fade slowly, yearly already holds most of what
  can be held; above a score of .85 nothing that the oracle cannot pass either can beat it by .15.
- **What is counted decides.** By the mean of what is left (second table) yearly-for-everyone is
  nearly as good as the oracle, and no plan can beat it by more than a few hundredths: hours moved
  from those who remember long to those who forget soon win about what they lose. A plan pays where
  it counts whether people are at a standard. `Wishes.aim` chooses.
- With the standard as aim, hours go first to skills that stay at it long. In the first table the
  plan holds {plan_standard:.3f} of the skills at the standard, yearly {yearly_standard:.3f}; the
  mean skill is {plan_skill:.3f} with it and {yearly_skill:.3f} with yearly. Aimed at mean skill, it
  holds {skill_standard:.3f} at the standard and {skill_skill:.3f} of mean skill. `within` promises
  that nobody waits longer than a year for some refresher; it is on in these tables.
- Simulated people. None of this says that refreshers change encounters in the field.
"""


def report(
    cases: Mapping[str, Truth], truths: Mapping[str, Truth], pool: Executor,
    seeds: Sequence[int] = SEEDS,
) -> str:  # fmt: skip
    """Return the whole report; the first two cases are the two aims.

    The first is compared with every prior and seed, the rest with two priors and one seed.
    """
    first_case, *others = cases.values()
    whole = compared([first_case], ROWS, seeds, pool.map)
    rest = compared([*others, *truths.values()], FEW_ROWS, seeds[:1], pool.map)
    found = dict(zip(cases, [*whole, *rest[: len(others)]], strict=True))
    few = rest[len(others) :]
    by_truth = dict(zip(truths, few, strict=True))
    first, second = list(found.values())[:2]
    told = HEAD.format(
        people=first.truth.people, techniques=first.truth.techniques, months=MONTHS,
        seeds=", ".join(map(str, seeds)), sample=first.truth.fitted_on,
        fewer=few[0].truth.fitted_on,
    )  # fmt: skip
    for name, one in found.items():
        lines = "\n".join(table(one))
        told += f"## {name}\n\n{_said(one.truth)}\n\n{lines}\n\n"
    lines = "\n".join(over_truths(by_truth))
    people = few[0].truth.people
    told += f"## Other truths\n\n{people:,} people, one seed, aim: standard.\n\n{lines}\n\n"
    missed = [name for name, one in by_truth.items() if one.less("yearly") < BAR]
    return told + TAIL.format(
        bars=_bars(first), missed="; ".join(missed) or "none",
        **_counts(first, "plan", "plan"), **_counts(first, "yearly", "yearly"),
        **_counts(second, "plan", "skill"),
    )  # fmt: skip


def _bars(found: Compared) -> str:
    """Say whether each bar is met."""
    lost = min(found.less("yearly", prior) for prior in PRIORS)
    bars = (
        ("yearly", found.less("yearly"), BAR), ("lowest", found.less("lowest"), BAR),
        ("yearly, with the worst prior", lost, -MOST_LOST),
    )  # fmt: skip
    return "; ".join(
        f"{what} {won:+.3f} ({'met' if won >= least else '**missed**'})"
        for what, won, least in bars
    )


def _counts(found: Compared, way: str, name: str) -> dict[str, float]:
    n = found.at(way)
    return {
        f"{name}_standard": float(found.standard[:, n].mean()),
        f"{name}_skill": float(found.skill[:, n].mean()),
    }


def main() -> None:
    """Compare the ways; write the report, or print one table for a truth of one's own."""
    parser = argparse.ArgumentParser(description=__doc__)
    usual = asdict(Truth())
    for name, value in usual.items():
        kind = type(value) if not isinstance(value, bool) else lambda text: text == "True"
        choices = {"shape": ["power", *SHAPES], "aim": ["standard", "skill"]}.get(name)
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=kind, default=value, choices=choices
        )
    parser.add_argument("--workers", type=int, default=2)
    given = vars(parser.parse_args())
    workers = given.pop("workers")
    with ProcessPoolExecutor(workers) as pool:
        if given != usual:
            print(*table(compared([Truth(**given)], ROWS, SEEDS, pool.map)[0]), sep="\n")
            return
        told = report(CASES, TRUTHS, pool)
    (HERE / "refreshers.md").write_text(told, encoding="utf-8")
    print(told)


def _said(truth: Truth) -> str:
    return (
        f"c = {truth.power}; half-lives grow by {truth.growth} with a refresher when all was lost; "
        f"SD over a person's own techniques {truth.own_sd}; noise {truth.noise}; aim: {truth.aim}."
    )


if __name__ == "__main__":
    main()
