"""The posterior of the same-scene model: parameters as one vector, density and gradient.

The vector holds lambda (N,), the propensity of each officer; delta (J - 2,), the logarithms of
the steps between level scores; and beta (q,), the coefficients of the covariates. Priors:
lambda ~ N(0, 1) and delta ~ N(log 0.1, 1), as published (Ridgeway, JASA 2025); beta ~ N(0, sd).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.same_scene.likelihood import (
    count_states,
    log_likelihood,
    log_posterior,
)
from stepdown.evaluation.same_scene.scenes import Scenes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BETA_SD = 0.5


@dataclass(frozen=True, slots=True)
class Posterior:
    """The posterior of one set of scenes, ready to be evaluated.

    `beta_sd` is the prior standard deviation of every coefficient.
    """

    scenes: Scenes
    most_states: int
    beta_sd: float = BETA_SD

    @classmethod
    def of(cls, scenes: Scenes, beta_sd: float = BETA_SD) -> Posterior:
        """Prepare the posterior of some scenes."""
        most = count_states(scenes.start, scenes.level, scenes.levels)
        return cls(scenes, int(most), beta_sd)

    @property
    def n_officers(self) -> int:
        """How many officers have a propensity."""
        return self.scenes.officers.size

    @property
    def n_steps(self) -> int:
        """How many steps between level scores are estimated."""
        return self.scenes.levels - 2

    @property
    def size(self) -> int:
        """Length of the parameter vector."""
        return int(self.n_officers + self.n_steps + self.scenes.covariates.shape[1])

    def __call__(self, x: Floats) -> tuple[float, Floats]:
        """Give the log posterior density at `x` (size,), up to a constant, and its gradient."""
        one = self.scenes
        value, gradient = log_posterior(
            x,
            one.start,
            one.officer,
            one.level,
            one.covariates,
            self.n_officers,
            one.levels,
            self.most_states,
            self.beta_sd,
        )
        return value, gradient

    def residuals(self, x: Floats) -> Floats:
        """Give s[y] less its expectation for every row, (rows,): the score of each eta."""
        one = self.scenes
        d_eta, d_s = np.empty(one.officer.size), np.empty(one.levels)
        lam, delta, beta = self.split(x)
        eta = lam[one.officer] + one.covariates @ beta
        s = scores(delta)
        log_likelihood(one.start, one.level, eta, s, self.most_states, d_eta, d_s)
        return d_eta

    def split(self, x: Floats) -> tuple[Floats, Floats, Floats]:
        """Split vectors (..., size) into lambda (..., N), delta (..., J - 2) and beta (..., q)."""
        n, m = self.n_officers, self.n_officers + self.n_steps
        return x[..., :n], x[..., n:m], x[..., m:]


def scores(delta: Floats) -> Floats:
    """Turn steps delta (..., J - 2) into level scores s (..., J): 0, 1, 1 + exp(delta), ..."""
    first = np.zeros((*delta.shape[:-1], 2))
    first[..., 1] = 1.0
    return np.concatenate((first, 1.0 + np.cumsum(np.exp(delta), axis=-1)), axis=-1)
