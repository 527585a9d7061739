"""Estimate how fast techniques fade from an agency's own re-tests, starting from the prior.

The most likely parameters and a normal approximation around them (Laplace), people integrated out;
with few re-tests its mean and spread are corrected by importance sampling. Only
what the re-tests can tell is estimated: a parameter that they would make less than a tenth surer is
left to the prior, moving only as far as what it shares with the others does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from stepdown.problems import InputProblems, Problem
from stepdown.retention.history import Histories
from stepdown.retention.memory import Floats
from stepdown.retention.prior import Prior
from stepdown.retention.recall import Parameters, log_likelihood, log_marginal

FEWEST_RETESTS = 100
FEWEST_OWN = 20
"""Re-tests of a technique below which it moves only with what it shares with the others."""
TOLD_BELOW = 0.9
"""Ratio of what is uncertain afterwards to before, below which a parameter is estimated."""
NORMAL_FROM = 3000
"""Re-tests from which the normal approximation at the mode is taken as it is."""
_DRAWS, _FEWEST_DRAWS, _DF, _SEED = 400, 40, 8, 2026
_STEP = 1e-3
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Moved:
    """How far the re-tests moved one parameter: median and 95 % interval, before and after."""

    name: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    surer: float
    estimated: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """What is held of all parameters after the re-tests: a normal distribution of logarithms."""

    prior: Prior
    mean: Floats
    covariance: Floats
    estimated: np.ndarray
    retests: int

    @property
    def parameters(self) -> Parameters:
        """The likeliest parameters."""
        return Parameters.of(self.mean)

    @property
    def moved(self) -> tuple[Moved, ...]:
        """How far each parameter was moved; `surer` is 0 for not at all, 1 for known exactly."""
        before, after = np.sqrt(np.diag(self.prior.covariance)), np.sqrt(np.diag(self.covariance))
        return tuple(
            Moved(name, _interval(self.prior.mean[n], before[n]),
                  _interval(self.mean[n], after[n]), float(1 - after[n] / before[n]),
                  bool(self.estimated[n]))
            for n, name in enumerate(self.prior.names)
        )  # fmt: skip


def unfitted(prior: Prior) -> Fit:
    """Return what is held before any re-test."""
    return Fit(prior, prior.mean, prior.covariance, np.zeros(len(prior.mean), bool), 0)


def refit(given: Histories, prior: Prior, fewest: int = FEWEST_RETESTS) -> Fit:
    """Return what is held after the re-tests. Raises InputProblems below 100 of them."""
    if given.retests < fewest:
        raise InputProblems("the re-tests", [Problem(
            "scores after a first teaching", str(given.retests), f"at least {fewest}",
            "go on with the prior; assess more people some months after their training",
        )])  # fmt: skip
    given = given.rows(np.flatnonzero(np.isfinite(given.score[:, 1:]).any(axis=1)))
    every = _tested(given, prior)
    at, covariance = _most_likely(given, prior, every, prior.mean)
    told = every & (np.diag(covariance) < TOLD_BELOW**2 * np.diag(prior.covariance))
    if told.any() and not np.array_equal(told, every):
        at, covariance = _most_likely(given, prior, told, at)
    elif not told.any():
        at, covariance = prior.mean, prior.covariance
    return Fit(prior, at, covariance, told, given.retests)


def _tested(given: Histories, prior: Prior) -> np.ndarray:
    """Say which parameters are of techniques with re-tests of their own; the spreads are of all."""
    per_row = np.isfinite(given.score[:, 1:]).sum(axis=1)
    tests = np.bincount(given.technique, weights=per_row, minlength=len(prior.techniques))
    own = np.tile(tests >= FEWEST_OWN, 3)
    return np.concatenate([own, np.ones(len(prior.mean) - len(own), bool)])


def _most_likely(
    given: Histories, prior: Prior, free: np.ndarray, begin: Floats
) -> tuple[Floats, Floats]:
    """Return the likeliest parameters and their covariance, where some are free."""
    follow = _Follow.of(prior, free)
    found = minimize(
        follow.cost, begin[free], args=(given,), jac=True, method="L-BFGS-B",
        options={"maxiter": 200, "ftol": 1e-10, "gtol": 1e-3},
    )  # fmt: skip
    if not np.isfinite(found.fun):
        raise ArithmeticError("the likelihood of the re-tests is not finite")
    inverse = _inverse(_curvature(follow, found.x, given))
    mean, inverse = _corrected(follow, found.x, inverse, given)
    return follow.all(mean), follow.covariance(inverse)


def _corrected(
    follow: _Follow, at: Floats, inverse: Floats, given: Histories
) -> tuple[Floats, Floats]:
    """Return mean and covariance by importance sampling from a t distribution around the mode.

    With few re-tests the distribution is skewed, and its mode is not its mean. With many it is
    normal, and this would take long: then what was given is returned, as it is when too few of the
    draws count.
    """
    if given.retests > NORMAL_FROM:
        return at, inverse
    draw = np.random.default_rng(_SEED)
    step = draw.normal(size=(_DRAWS, len(at))) @ np.linalg.cholesky(inverse).T
    step *= np.sqrt(_DF / draw.chisquare(_DF, _DRAWS))[:, None]
    points = at + step
    height = np.array([-follow.value(point, given) for point in points])
    distance = np.einsum("ij,jk,ik->i", step, np.linalg.inv(inverse), step)
    log_w = height + (_DF + len(at)) / 2 * np.log1p(distance / _DF)
    weight = np.exp(log_w - log_w.max())
    weight /= weight.sum()
    if 1 / (weight**2).sum() < _FEWEST_DRAWS:
        return at, inverse
    mean: Floats = weight @ points
    off = points - mean
    covariance: Floats = (weight[:, None] * off).T @ off
    return mean, covariance


@dataclass(frozen=True, slots=True)
class _Follow:
    """All parameters as those that are free, and what the prior says of the rest given them."""

    prior: Prior
    free: np.ndarray
    onto: Floats
    rest: Floats
    precision: Floats

    @classmethod
    def of(cls, prior: Prior, free: np.ndarray) -> _Follow:
        among = prior.covariance[np.ix_(free, free)]
        onto = cho_solve(cho_factor(among), prior.covariance[free]).T
        rest = prior.covariance - onto @ prior.covariance[free]
        return cls(prior, free, onto, rest, np.linalg.inv(among))

    def all(self, chosen: Floats) -> Floats:
        mean: Floats = self.prior.mean + self.onto @ (chosen - self.prior.mean[self.free])
        return mean

    def covariance(self, inverse: Floats) -> Floats:
        found: Floats = self.onto @ inverse @ self.onto.T + self.rest
        return found

    def value(self, chosen: Floats, given: Histories) -> float:
        """Return the cost without its slope."""
        off = chosen - self.prior.mean[self.free]
        value = log_marginal(given, Parameters.of(self.all(chosen)))
        return -value + 0.5 * float(off @ self.precision @ off)

    def cost(self, chosen: Floats, given: Histories) -> tuple[float, Floats]:
        value, slope = log_likelihood(given, Parameters.of(self.all(chosen)))
        off = chosen - self.prior.mean[self.free]
        pull = self.precision @ off
        return -value + 0.5 * float(off @ pull), -(self.onto.T @ slope) + pull


def _curvature(follow: _Follow, at: Floats, given: Histories) -> Floats:
    """Return the second derivatives of the cost, from its slopes on both sides."""
    steps = _STEP * np.eye(len(at))
    slopes = [follow.cost(at + s, given)[1] - follow.cost(at - s, given)[1] for s in steps]
    found = np.array(slopes) / (2 * _STEP)
    return (found + found.T) / 2


def _inverse(curvature: Floats) -> Floats:
    """Return the inverse; where the cost curves down (far from its least), as if it were flat."""
    values, vectors = np.linalg.eigh(curvature)
    values = np.maximum(values, 1e-3)
    found: Floats = (vectors / values) @ vectors.T
    return found


def _interval(mean: float, sd: float) -> tuple[float, float, float]:
    low, middle, high = np.exp([mean - _Z * sd, mean, mean + _Z * sd])
    return float(low), float(middle), float(high)
