"""The mode of the posterior: one fit, without draws."""

from __future__ import annotations

import numpy as np
import scipy.optimize
from numpy.typing import NDArray

from stepdown.evaluation.same_scene.likelihood import DELTA_MEAN
from stepdown.evaluation.same_scene.posterior import Posterior

Floats = NDArray[np.float64]


def starting_point(posterior: Posterior) -> Floats:
    """Return the mean of the prior, (size,)."""
    x = np.zeros(posterior.size)
    x[posterior.n_officers : posterior.n_officers + posterior.n_steps] = DELTA_MEAN
    return x


def mode(posterior: Posterior) -> Floats:
    """Return the parameters with the highest posterior density, (size,)."""

    def falling(x: Floats) -> tuple[float, Floats]:
        value, gradient = posterior(x)
        return -value, -gradient

    found = scipy.optimize.minimize(
        falling,
        starting_point(posterior),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 5000, "maxcor": 30, "ftol": 1e-13, "gtol": 1e-6},
    )
    return np.asarray(found.x)
