"""Draws from the posterior by NUTS, with what says whether they can be trusted.

The sampler is nutpie's (A. Seyboldt, E. Carlson, B. Carpenter: Preconditioning Hamiltonian Monte
Carlo by minimizing Fisher divergence, 2026); R-hat and the bulk effective sample size are those
of Vehtari and others (Bayesian Analysis 2021), as ArviZ computes them.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.same_scene.posterior import Posterior
from stepdown.problems import MissingExtra

Floats = NDArray[np.float64]

R_HAT_MOST = 1.01
ESS_LEAST = 400.0


@dataclass(frozen=True, slots=True)
class Tuning:
    """How the sampler runs: chains, draws of each kept, draws before, threads."""

    chains: int = 4
    draws: int = 1000
    tune: int = 500
    cores: int = 2
    target_accept: float = 0.8


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Whether the draws can be trusted; the worst parameter decides.

    `reasons` says in words what is wrong, and is empty when nothing is.
    """

    chains: int
    draws: int
    tune: int
    rhat_max: float
    ess_min: float
    divergences: int
    seconds: float
    gradients: int
    reasons: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether results from these draws may be shown."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws (chains x draws, size) of the parameter vector, with their diagnostics."""

    x: Floats
    diagnostics: Diagnostics


def sample(
    posterior: Posterior,
    seed: int,
    tuning: Tuning,
) -> Draws:
    """Draw from a posterior. The same seed gives the same draws on the same machine.

    Raises `MissingExtra` without the extra `bayes`.
    """
    nutpie, arviz = _libraries()
    model = _as_model(posterior)
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trace = nutpie.sample(
            model,
            draws=tuning.draws,
            tune=tuning.tune,
            chains=tuning.chains,
            cores=tuning.cores,
            seed=seed,
            target_accept=tuning.target_accept,
            progress_bar=False,
            save_warmup=False,
        )
    seconds = time.perf_counter() - began
    x = np.ascontiguousarray(trace.posterior["x"].to_numpy())
    stats = trace.sample_stats
    diagnostics = _judge(
        arviz,
        x,
        tuning,
        divergences=int(stats["diverging"].to_numpy().sum()),
        gradients=int(stats["n_steps"].to_numpy().sum()),
        seconds=seconds,
    )
    return Draws(x.reshape(-1, posterior.size), diagnostics)


def sample_well(posterior: Posterior, seed: int, tuning: Tuning) -> Draws:
    """Draw from a posterior; once more, four times as long, if the draws cannot be trusted."""
    found = sample(posterior, seed, tuning)
    if found.diagnostics.good:
        return found
    longer = replace(tuning, draws=4 * tuning.draws, tune=2 * tuning.tune)
    again = sample(posterior, seed, longer)
    both = found.diagnostics.seconds + again.diagnostics.seconds
    return replace(again, diagnostics=replace(again.diagnostics, seconds=both))


def _libraries() -> tuple[Any, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ArviZ announces its next version on import
            import arviz  # noqa: PLC0415 - optional, and seconds to import
            import nutpie  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtra("Drawing from the posterior", "bayes") from error
    return nutpie, arviz


def _as_model(posterior: Posterior) -> Any:
    from nutpie.compiled_pyfunc import from_pyfunc  # noqa: PLC0415

    def make_density() -> Callable[..., Any]:
        return posterior.__call__

    def make_expand(_seed1: int, _seed2: int, _chain: int) -> Callable[..., Any]:
        return lambda x: {"x": np.array(x)}

    size = posterior.size
    return from_pyfunc(size, make_density, make_expand, [np.dtype("float64")], [(size,)], ["x"])


def _judge(
    arviz: Any, x: Floats, tuning: Tuning, divergences: int, gradients: int, seconds: float
) -> Diagnostics:
    rhat = np.array([arviz.rhat(x[:, :, j]) for j in range(x.shape[2])])
    ess = np.array([arviz.ess(x[:, :, j], method="bulk") for j in range(x.shape[2])])
    rhat_max, ess_min = float(rhat.max()), float(ess.min())
    reasons = []
    if not rhat_max <= R_HAT_MOST:
        reasons.append(f"the chains disagree: R-hat {rhat_max:.3f}, at most {R_HAT_MOST} wanted")
    if not ess_min >= ESS_LEAST:
        reasons.append(f"too few effective draws: {ess_min:.0f}, at least {ESS_LEAST:.0f} wanted")
    if divergences:
        reasons.append(f"{divergences} divergent transitions, none wanted")
    return Diagnostics(
        chains=tuning.chains,
        draws=tuning.draws,
        tune=tuning.tune,
        rhat_max=rhat_max,
        ess_min=ess_min,
        divergences=divergences,
        seconds=seconds,
        gradients=gradients,
        reasons=tuple(reasons),
    )
