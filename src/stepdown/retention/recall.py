"""What histories say of the parameters: the likelihood of scores, and its slope.

A person's ability to hold on to what was taught is one number for all techniques, and one more
for each: log S = log stability of the technique + spread·a + own·e, a and e standard normal. They
are summed over nodes (Gauss-Hermite for e, an even grid for a). Scores scatter about level·R, with
a standard deviation `noise`: R is the share that is left of what was taught, and the level is what
people score right after training, which is seldom the best that the scale has. How scores are read
is in `stepdown.retention.scored`. That a test's day was chosen by what was known before it (who did
badly is tested sooner) does not bias this: what it was chosen by is in the likelihood too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.retention.history import Histories
from stepdown.retention.memory import LEFT_AT_STABILITY, Floats
from stepdown.retention.scored import told

_A = np.linspace(-3.5, 3.5, 15)
_A_WEIGHT = np.exp(-(_A**2) / 2) / np.exp(-(_A**2) / 2).sum()
_E, _E_WEIGHT = (np.array([-np.sqrt(3), 0.0, np.sqrt(3)]), np.array([1, 4, 1]) / 6)
KINDS = ("stability", "growth", "decay", "level")
"""What a technique has a parameter of."""
GLOBALS = ("spread", "own", "noise")
"""Of the logarithm of stability over people, over a person's techniques; of a score."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """Logarithms: stability in days, growth, decay and level by technique; the three spreads."""

    stability: Floats
    growth: Floats
    decay: Floats
    level: Floats
    spread: float
    own: float
    noise: float

    @classmethod
    def of(cls, vector: Floats) -> Parameters:
        """Return the parameters that a vector holds: by kind and technique, then the globals."""
        by_technique = vector[: -len(GLOBALS)].reshape(len(KINDS), -1)
        return cls(*by_technique, *map(float, vector[-len(GLOBALS) :]))

    def vector(self) -> Floats:
        """Return them as one vector."""
        globals_ = [self.spread, self.own, self.noise]
        return np.concatenate([self.stability, self.growth, self.decay, self.level, globals_])


@dataclass(frozen=True, slots=True)
class Recalled:
    """At every node of every row, (rows, a, e): log S and the age of what is held.

    `age` is the days of fading that are left in the memory right after the last rehearsal. `weight`
    are the chances of the nodes given all scores, summing to one in each row.
    """

    log_stability: Floats
    age: Floats
    weight: Floats
    growth: Floats
    decay: Floats


class _Walk:
    """The state of all nodes while events pass, with its slopes for log S, growth and decay."""

    def __init__(self, given: Histories, at: Parameters, *, slopes: bool) -> None:
        k = given.technique
        self.growth = np.exp(at.growth)[k][:, None, None]
        self.decay = np.exp(at.decay)[k][:, None, None]
        self.f = LEFT_AT_STABILITY ** (-1 / self.decay) - 1
        self.df = (self.f + 1) * np.log(LEFT_AT_STABILITY) / self.decay
        nodes = np.exp(at.spread) * _A[None, :, None] + np.exp(at.own) * _E[None, None, :]
        self.log_s = at.stability[k][:, None, None] + nodes
        self.age = np.zeros_like(self.log_s)
        n = 3 if slopes else 0
        self.d_log_s = np.zeros((n, *self.log_s.shape))
        self.d_age = np.zeros_like(self.d_log_s)
        if slopes:
            self.d_log_s[0] = 1.0
        self.slopes = slopes

    def left(self, days: Floats) -> tuple[Floats, Floats]:
        """Return what is left `days` after the last event, and its slopes."""
        s = np.exp(self.log_s)
        x = (self.age + days[:, None, None]) / s
        u = 1 + self.f * x
        left = u**-self.decay
        if not self.slopes:
            return left, self.d_age
        du = self.f * (self.d_age / s - x * self.d_log_s)
        du[2] += x * self.df
        slope = -left * self.decay * du / u
        slope[2] -= left * self.decay * np.log(u)
        return left, slope

    def rehearse(self, left: Floats, slope: Floats, recovered: Floats, on: np.ndarray) -> None:
        """Let stability grow and what had faded come back, in the rows of `on`."""
        part = recovered[:, None, None]
        grow = self.growth / 10
        raised = np.exp(grow * (1 - left))
        factor = 1 + 10 * (raised - 1)
        after = left + part * (1 - left)
        power = after ** (-1 / self.decay)
        x = (power - 1) / self.f
        log_s = self.log_s + np.log(factor)
        s = np.exp(log_s)
        mask = on[:, None, None]
        if self.slopes:
            d_factor = -10 * raised * grow * slope
            d_factor[1] += 10 * raised * grow * (1 - left)
            d_log_s = self.d_log_s + d_factor / factor
            dx = -power / self.decay / after * (1 - part) * slope / self.f
            dx[2] += (power * np.log(after) / self.decay - x * self.df) / self.f
            d_age = s * (dx + x * d_log_s)
            self.d_log_s = np.where(mask, d_log_s, self.d_log_s)
            self.d_age = np.where(mask, d_age, self.d_age)
        self.log_s = np.where(mask, log_s, self.log_s)
        self.age = np.where(mask, s * x, self.age)


def log_likelihood(given: Histories, at: Parameters) -> tuple[float, Floats]:
    """Return the log likelihood of all scores, and its slope for the vector of parameters."""
    found = _passed(given, at, slopes=True)
    weighted = found.d_score * found.weight
    by_technique = [
        np.bincount(given.technique, weights=each.sum((1, 2)), minlength=len(at.stability))
        for each in weighted
    ]
    of_all = [
        (weighted[0] * np.exp(at.spread) * _A[None, :, None]).sum(),
        (weighted[0] * np.exp(at.own) * _E[None, None, :]).sum(),
        (found.d_noise * found.weight).sum(),
    ]
    return float(found.marginal.sum()), np.concatenate([*by_technique, of_all])


def log_marginal(given: Histories, at: Parameters) -> float:
    """Return the log likelihood of all scores alone, for a fifth of the work."""
    return float(_passed(given, at, slopes=False).marginal.sum())


def recalled(given: Histories, at: Parameters) -> Recalled:
    """Return what every row holds after its last rehearsal, at every node, given all scores."""
    found = _passed(given, at, slopes=False)
    walk = found.walk
    return Recalled(walk.log_s, walk.age, found.weight, walk.growth, walk.decay)


@dataclass(frozen=True, slots=True)
class _Passed:
    walk: _Walk
    marginal: Floats
    weight: Floats
    d_score: Floats
    d_noise: Floats


def _passed(given: Histories, at: Parameters, *, slopes: bool) -> _Passed:
    walk = _Walk(given, at, slopes=slopes)
    noise = float(np.exp(at.noise))
    level = np.exp(at.level)[given.technique][:, None, None]
    log_p = np.zeros_like(walk.log_s)
    d_score = np.zeros((len(KINDS), *walk.log_s.shape)) if slopes else walk.d_log_s
    d_noise = np.zeros_like(walk.log_s)
    for j in range(1, given.days.shape[1]):
        on = np.isfinite(given.days[:, j])
        gap = np.where(on, given.days[:, j] - given.days[:, j - 1], 0.0)
        left, slope = walk.left(gap)
        scored = np.isfinite(given.score[:, j])
        mean = level[scored] * left[scored]
        said = told(given.score[scored, j], given.step, mean, noise)
        log_p[scored] += said.log_p
        if slopes:
            d_score[:3, scored] += said.d_mean * level[scored] * slope[:, scored]
            d_score[3, scored] += said.d_mean * mean
            d_noise[scored] += said.d_noise
        walk.rehearse(left, slope, np.where(on, given.recovered[:, j], 1.0), on)
    marginal, weight = _weighed(given, log_p)
    return _Passed(walk, marginal, weight, d_score, d_noise)


def _weighed(given: Histories, log_p: Floats) -> tuple[Floats, Floats]:
    """Return each person's log marginal likelihood, and each row's chances of its nodes."""
    top = log_p.max(axis=2, keepdims=True)
    inner = np.exp(log_p - top) * _E_WEIGHT
    by_a = np.log(inner.sum(axis=2)) + top[..., 0]
    total = np.zeros((len(given.people), len(_A)))
    np.add.at(total, given.person, by_a)
    total += np.log(_A_WEIGHT)
    highest = total.max(axis=1, keepdims=True)
    marginal = np.log(np.exp(total - highest).sum(axis=1)) + highest[:, 0]
    chance = np.exp(total - marginal[:, None])
    weight = chance[given.person][:, :, None] * inner / inner.sum(axis=2, keepdims=True)
    return marginal, weight
