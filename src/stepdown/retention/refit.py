"""Estimate how fast techniques fade from an agency's own re-tests, starting from the prior.

The most likely parameters and a normal approximation around them (Laplace), people integrated out;
with few re-tests its mean and spread are corrected by importance sampling. Only what the re-tests
can tell is estimated: a parameter that they would make less than a tenth surer is left to the
prior, moving only as far as what it shares with the others does. Nothing is believed that lies more
than five standard deviations from the prior. Several starts are tried, on a sample of people, since
the likelihood can have more than one summit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import OptimizeResult, minimize

from stepdown.problems import InputProblems, Problem
from stepdown.retention.history import Histories
from stepdown.retention.memory import Floats
from stepdown.retention.prior import Prior
from stepdown.retention.recall import (
    GLOBALS,
    KINDS,
    Parameters,
    log_likelihood,
    log_marginal,
)

FEWEST_RETESTS = 100
FEWEST_OWN = 20
"""Re-tests of a technique below which it moves only with what it shares with the others."""
TOLD_BELOW = 0.9
"""Ratio of what is uncertain afterwards to before, below which a parameter is estimated."""
NORMAL_FROM = 3000
"""Re-tests from which the normal approximation at the mode is taken as it is."""
FARTHEST = 5.0
"""Standard deviations of the prior beyond which no parameter is looked for."""
STARTS: tuple[dict[str, float], ...] = (
    {},
    {"stability": 1.0, "level": -0.2},
    {"stability": -1.0, "level": 0.1},
)
"""Where the search begins: what is added to the prior's means, by kind."""
_TRIED_ON = 60
"""People on whom the starts are tried."""
_STEEPEST = 1.0
"""Slope of the cost above which a search that gave up did not arrive."""
_DRAWS, _FEWEST_DRAWS, _DF = 400, 40, 8
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
    arrived: bool = True
    """False: no parameters could be found that explain the re-tests; these are the prior's."""

    @property
    def parameters(self) -> Parameters:
        """The parameters in the middle of what they may be."""
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


def of_others(fit: Fit, prior: Prior) -> Fit:
    """Return what is held of the techniques of another prior, which may be more or fewer.

    Of one that the fit did not know, it is what the others tell of what all techniques share: just
    what fitting would have given, had it been there without a re-test.
    """
    at = {name: n for n, name in enumerate(fit.prior.names)}
    both = [n for n, name in enumerate(prior.names) if name in at]
    there = [at[prior.names[n]] for n in both]
    onto = np.linalg.solve(prior.covariance[np.ix_(both, both)], prior.covariance[both]).T
    mean = prior.mean + onto @ (fit.mean[there] - prior.mean[both])
    known = fit.covariance[np.ix_(there, there)] - prior.covariance[np.ix_(both, both)]
    covariance = prior.covariance + onto @ known @ onto.T
    estimated = np.zeros(len(mean), bool)
    estimated[both] = fit.estimated[there]
    return Fit(prior, mean, covariance, estimated, fit.retests, fit.arrived)


def refit(given: Histories, prior: Prior, fewest: int = FEWEST_RETESTS, seed: int = 2026) -> Fit:
    """Return what is held after the re-tests. Raises InputProblems below 100 of them.

    `seed`: of the sample of people for the starts and of the draws of the correction.
    """
    if given.retests < fewest:
        raise InputProblems("the re-tests", [Problem(
            "scores after a first teaching", str(given.retests), f"at least {fewest}",
            "go on with the prior; assess more people some months after their training",
        )])  # fmt: skip
    given = given.rows(np.flatnonzero(np.isfinite(given.score[:, 1:]).any(axis=1)))
    every = _tested(given, prior)
    begin = _best_start(given.sample(_TRIED_ON, seed), prior, every)
    follow, summit = _climb(given, prior, every, begin)
    if summit is None:
        return replace(unfitted(prior), arrived=False)
    after = np.diag(follow.covariance(summit.inverse))
    told = every & (after < TOLD_BELOW**2 * np.diag(prior.covariance))
    if not told.any():
        return Fit(prior, prior.mean, prior.covariance, told, given.retests)
    if not np.array_equal(told, every):
        follow, summit = _climb(given, prior, told, follow.all(summit.at))
        if summit is None:
            return replace(unfitted(prior), arrived=False)
    mean, inverse = _corrected(follow, summit, given, seed)
    return Fit(prior, follow.all(mean), follow.covariance(inverse), told, given.retests)


def _tested(given: Histories, prior: Prior) -> np.ndarray:
    """Say which parameters are of techniques with re-tests of their own; the spreads are of all."""
    per_row = np.isfinite(given.score[:, 1:]).sum(axis=1)
    tests = np.bincount(given.technique, weights=per_row, minlength=len(prior.techniques))
    own = np.tile(tests >= FEWEST_OWN, len(KINDS))
    return np.concatenate([own, np.ones(len(prior.mean) - len(own), bool)])


def _best_start(given: Histories, prior: Prior, free: np.ndarray) -> Floats:
    """Return where the search from one of several starts ends lowest."""
    follow = _Follow.of(prior, free)
    ends = []
    for start in STARTS:
        by_technique = np.repeat([start.get(kind, 0.0) for kind in KINDS], len(prior.techniques))
        moved = prior.mean + np.concatenate([by_technique, np.zeros(len(GLOBALS))])
        ends.append(follow.search(moved[free], given, roughly=True))
    return follow.all(min(ends, key=lambda end: float(end.fun)).x)


@dataclass(frozen=True, slots=True)
class _Summit:
    """The likeliest of the free parameters, and the inverse of the curvature there."""

    at: Floats
    inverse: Floats


def _climb(
    given: Histories, prior: Prior, free: np.ndarray, begin: Floats
) -> tuple[_Follow, _Summit | None]:
    """Return the summit where some parameters are free; None where the search did not arrive."""
    follow = _Follow.of(prior, free)
    found = follow.search(begin[free], given)
    inside = np.abs(found.x - prior.mean[free]) < follow.farthest
    if not found.success and np.abs(found.jac[inside]).max(initial=0.0) > _STEEPEST:
        return follow, None
    return follow, _Summit(found.x, _inverse(_curvature(follow, found.x, given)))


def _corrected(
    follow: _Follow, summit: _Summit, given: Histories, seed: int
) -> tuple[Floats, Floats]:
    """Return mean and covariance by importance sampling from a t distribution around the mode.

    With few re-tests the distribution is skewed, and its mode is not its mean. With many it is
    normal, and this would take long: then what was given is returned, as it is when too few of the
    draws count.
    """
    at, inverse = summit.at, summit.inverse
    if given.retests > NORMAL_FROM:
        return at, inverse
    draw = np.random.default_rng(seed)
    step = draw.normal(size=(_DRAWS, len(at))) @ np.linalg.cholesky(inverse).T
    step *= np.sqrt(_DF / draw.chisquare(_DF, _DRAWS))[:, None]
    points = at + step
    there = (np.abs(points - follow.prior.mean[follow.free]) <= follow.farthest).all(axis=1)
    points, step = points[there], step[there]
    height = np.array([-follow.value(point, given) for point in points])
    distance = np.einsum("ij,jk,ik->i", step, np.linalg.inv(inverse), step)
    if len(points) < _FEWEST_DRAWS:
        return at, inverse
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
        """Return it for the parameters of a mask."""
        among = prior.covariance[np.ix_(free, free)]
        onto = cho_solve(cho_factor(among), prior.covariance[free]).T
        rest = prior.covariance - onto @ prior.covariance[free]
        return cls(prior, free, onto, rest, np.linalg.inv(among))

    @property
    def farthest(self) -> Floats:
        """How far from the prior's mean each free parameter is looked for."""
        far: Floats = FARTHEST * np.sqrt(np.diag(self.prior.covariance)[self.free])
        return far

    def search(self, begin: Floats, given: Histories, *, roughly: bool = False) -> OptimizeResult:
        """Return where the cost is least, beginning somewhere; `roughly`: near it."""
        centre = self.prior.mean[self.free]
        bounds = np.column_stack([centre - self.farthest, centre + self.farthest])
        near = 1e-5 if roughly else 1e-8
        return minimize(
            self.cost, np.clip(begin, *bounds.T), args=(given,), jac=True, method="L-BFGS-B",
            bounds=bounds, options={"maxiter": 300, "ftol": near, "gtol": 1e-3},
        )  # fmt: skip

    def all(self, chosen: Floats) -> Floats:
        """Return all parameters, the rest where the prior expects them given these."""
        mean: Floats = self.prior.mean + self.onto @ (chosen - self.prior.mean[self.free])
        return mean

    def covariance(self, inverse: Floats) -> Floats:
        """Return the covariance of all parameters, given that of these."""
        found: Floats = self.onto @ inverse @ self.onto.T + self.rest
        return found

    def value(self, chosen: Floats, given: Histories) -> float:
        """Return the cost without its slope."""
        off = chosen - self.prior.mean[self.free]
        value = log_marginal(given, Parameters.of(self.all(chosen)))
        return -value + 0.5 * float(off @ self.precision @ off)

    def cost(self, chosen: Floats, given: Histories) -> tuple[float, Floats]:
        """Return how unlikely these are, as a log, and its slope."""
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
