"""What each person probably holds of each technique today, and for how long still."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from scipy.stats import norm

from stepdown.retention.history import Histories
from stepdown.retention.memory import Floats, days_until, grown, retention
from stepdown.retention.recall import recalled
from stepdown.retention.refit import Fit

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
_CHANCES = _WEIGHTS / _WEIGHTS.sum()
STANDARD = 0.8
"""Share of what was taught that counts as held: a usual pass mark of practical exams (assumed)."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of each pair of person and technique (rows), on a day.

    From teaching to the day on which the skill falls below the standard there are exp(N(`log_mean`,
    `log_var`)) days; `since` of them are over (of a skill that came back in part, more than the
    calendar says). `growth` is what a refresher makes stability grow by, by technique; `decay` too.
    """

    people: tuple[str, ...]
    techniques: tuple[str, ...]
    person: np.ndarray
    technique: np.ndarray
    log_mean: Floats
    log_var: Floats
    since: Floats
    growth: Floats
    decay: Floats
    standard: float

    def chance(self, days: Floats | float) -> Floats:
        """Return the chance that each skill is at the standard when `days` have passed."""
        return chance_held(self.since + days, self.log_mean, self.log_var)

    def left(self, days: Floats | float) -> Floats:
        """Return the share that is left of each skill when `days` have passed, at its median."""
        decay = self.decay[self.technique]
        stability = np.exp(self.log_mean) / days_until(self.standard, 1.0, decay)
        left: Floats = retention(self.since + days, stability, decay)
        return left

    def stability(self) -> tuple[Floats, Floats]:
        """Return what each stability may be, (rows, nodes) in days, and the chance of each node."""
        until = days_until(self.standard, 1.0, self.decay[self.technique])
        nodes = self.log_mean[:, None] + np.sqrt(self.log_var)[:, None] * _NODES
        return np.exp(nodes) / until[:, None], _CHANCES

    def expected(self, days: Floats | float) -> Floats:
        """Return the share of each skill that is expected to be left when `days` have passed."""
        stability, chances = self.stability()
        decay = self.decay[self.technique][:, None]
        left: Floats = retention((self.since + days)[:, None], stability, decay) @ chances
        return left

    def only(self, rows: np.ndarray) -> Held:
        """Return the rows of a mask alone; people and techniques stay as they are."""
        return replace(
            self, person=self.person[rows], technique=self.technique[rows],
            log_mean=self.log_mean[rows], log_var=self.log_var[rows], since=self.since[rows],
        )  # fmt: skip

    def refreshed(self, rows: np.ndarray, days: float) -> Held:
        """Return what is expected after refreshers in `rows` (a mask), all `days` from now.

        Everything is moved on by `days`.
        """
        left = self.left(days)
        factor = grown(1.0, self.growth[self.technique], left)
        log_mean = np.where(rows, self.log_mean + np.log(factor), self.log_mean)
        since = np.where(rows, 0.0, self.since + days)
        return Held(
            self.people, self.techniques, self.person, self.technique, log_mean, self.log_var,
            since, self.growth, self.decay, self.standard,
        )  # fmt: skip


def held(given: Histories, fit: Fit, today: date, standard: float = STANDARD) -> Held:
    """Return what everybody probably holds on a day, given their scores and the agency's fit.

    What is on record after that day is not looked at.
    """
    at = fit.parameters
    if today < date.max:
        given = given.before(today + timedelta(days=1))
    found = recalled(given, at)
    growth, decay = np.exp(at.growth), np.exp(at.decay)
    until = days_until(standard, 1.0, decay)[given.technique]
    mean = (found.weight * found.log_stability).sum((1, 2))
    var = (found.weight * found.log_stability**2).sum((1, 2)) - mean**2
    unsure = np.diag(fit.covariance)[: len(given.techniques)][given.technique]
    age = (found.weight * found.age).sum((1, 2))
    passed = (np.datetime64(today) - given.last).astype(float)
    return Held(
        given.people, given.techniques, given.person, given.technique, mean + np.log(until),
        np.maximum(var, 0) + unsure, passed + age, growth, decay, standard,
    )  # fmt: skip


def chance_held(days: Floats, log_mean: Floats, log_var: Floats) -> Floats:
    """Return the chance that a skill lasts longer than `days`."""
    with np.errstate(divide="ignore"):
        z = (np.log(np.maximum(days, 0)) - log_mean) / np.sqrt(log_var)
    chance: Floats = norm.sf(z)
    return chance


def days_held(days: Floats, log_mean: Floats, log_var: Floats) -> Floats:
    """Return the days of the first `days` during which a skill is expected to be held."""
    sd = np.sqrt(log_var)
    with np.errstate(divide="ignore"):
        z = (np.log(np.maximum(days, 0)) - log_mean) / sd
    whole: Floats = np.exp(log_mean + log_var / 2) * norm.cdf(z - sd) + days * norm.sf(z)
    return whole
