"""Scenes → everything a same-scene analysis says."""

from __future__ import annotations

import math
from dataclasses import asdict
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from stepdown import __version__
from stepdown.evaluation.same_scene import results as out
from stepdown.evaluation.same_scene.layout import map_of
from stepdown.evaluation.same_scene.network import network_of, pieces
from stepdown.evaluation.same_scene.options import Options, command
from stepdown.evaluation.same_scene.peers import Standing, standing
from stepdown.evaluation.same_scene.permutation import Test, permutation_tests
from stepdown.evaluation.same_scene.placebo import Spread, placebo, spread
from stepdown.evaluation.same_scene.posterior import BETA_SD, Posterior, scores
from stepdown.evaluation.same_scene.read import Reading
from stepdown.evaluation.same_scene.sample import Diagnostics, Draws, sample_well
from stepdown.evaluation.same_scene.scenes import Scenes
from stepdown.evaluation.same_scene.training import (
    Plan,
    Variant,
    carry_out,
    interval,
    mixed_scenes,
    plans,
)
from stepdown.evaluation.same_scene.training_data import TrainingData
from stepdown.progress import Progress, silent

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_PACKAGES = ("numpy", "scipy", "numba", "nutpie", "arviz")


def analyse(
    reading: Reading, options: Options, progress: Progress = silent
) -> out.SameSceneResults:
    """Fit the model and say what it found; nothing of it when the draws cannot be trusted."""
    scenes, warnings = reading.scenes, list(reading.warnings)
    studied = _studied(reading)
    if reading.training is not None:
        if studied is None:
            warnings.append(
                "no scene has trained and untrained officers who used different levels: "
                "training cannot be studied here"
            )
        if options.randomized:
            warnings += reading.training.outside_the_draw()
    beside = () if studied is None else plans(scenes, studied)
    draw = _Drawing(options, 1 + len(beside) + options.placebo, progress)
    fitted = scenes
    if studied is not None:
        fitted = scenes.with_covariates(studied.trained[scenes.source][:, None])
    posterior = Posterior.of(fitted)
    drawn = draw(posterior)
    lam, delta, beta = posterior.split(drawn.x)
    good = drawn.diagnostics.good
    piece = pieces(scenes)
    found = standing(lam, piece) if good else None
    shown = scenes.scenes_of_officers >= options.min_scenes
    s, s_low, s_high = _levels_scored(delta) if good else (None, None, None)
    return out.SameSceneResults(
        source=_source(reading, options),
        levels=list(reading.labels),
        level_rows=np.bincount(scenes.level, minlength=scenes.levels).tolist(),
        force_users_only=options.force_users_only,
        account=[out.Step(**asdict(step)) for step in reading.account],
        warnings=warnings,
        network=_network(reading, options.seed),
        min_scenes=options.min_scenes,
        s=s,
        s_low=s_low,
        s_high=s_high,
        officers=[] if found is None else _officers(scenes, piece, found, shown),
        training=_training(reading, studied, options, beta[:, 0], beside, draw)
        if good and studied is not None
        else None,
        placebo=_placebo(scenes, options, found, shown, draw)
        if found is not None and options.placebo
        else None,
        diagnostics=_diagnostics(drawn.diagnostics),
    )


def _studied(reading: Reading) -> TrainingData | None:
    """Return the training data if the scenes can say anything of training."""
    data = reading.training
    if data is None or not mixed_scenes(reading.scenes, data.trained[reading.scenes.source]):
        return None
    return data


class _Drawing:
    """Draws from posteriors as asked for, and tells how many of `total` fits are done."""

    def __init__(self, options: Options, total: int, progress: Progress) -> None:
        self.options, self.total, self.progress, self.done = options, total, progress, 0
        progress("Drawing from the posterior", 0, total)

    def __call__(self, posterior: Posterior) -> Draws:
        found = sample_well(posterior, self.options.seed, self.options.tuning)
        self.tell()
        return found

    def tell(self) -> None:
        """Count a fit."""
        self.done += 1
        self.progress("Drawing from the posterior", self.done, self.total)


def _levels_scored(delta: Floats) -> tuple[list[float], list[float], list[float]]:
    s = scores(delta)
    low, high = np.quantile(s, [0.025, 0.975], axis=0)
    return s.mean(axis=0).tolist(), low.tolist(), high.tolist()


def _officers(
    scenes: Scenes, piece: Ints, found: Standing, shown: NDArray[np.bool_]
) -> list[out.Officer]:
    counts = scenes.scenes_of_officers
    return [
        out.Officer(
            officer=int(scenes.officers[i]),
            n_scenes=int(counts[i]),
            piece=int(piece[i]) + 1,
            n_peers=int(found.n_peers[i]),
            n_peers_elsewhere=int(found.n_elsewhere[i]),
            p_top5=_known(found.p_top5[i]),
            p_bottom5=_known(found.p_bottom5[i]),
            relative_mean=_known(found.relative[i]),
            relative_low=_known(found.low[i]),
            relative_high=_known(found.high[i]),
            shown=bool(shown[i] and found.n_peers[i] > 0),
        )
        for i in range(scenes.officers.size)
    ]


def _training(
    reading: Reading,
    data: TrainingData,
    options: Options,
    beta: Floats,
    beside: tuple[Plan, ...],
    draw: _Drawing,
) -> out.Training:
    scenes = reading.scenes
    mean, low, high = interval(beta)
    trained = data.trained[scenes.source]
    attendance = levels = None
    timing = data.timing(reading.whole)
    if options.randomized and timing is not None:
        tests = permutation_tests(reading.whole, scenes, timing, options.permutations, options.seed)
        levels = _test(tests.levels)
        # Where only users of force are in the file, to be there is to have used force.
        attendance = _test(tests.attendance) if reading.witnesses else None
    return out.Training(
        beta=mean,
        low=low,
        high=high,
        prior_sd=BETA_SD,
        mixed_scenes=mixed_scenes(scenes, trained),
        trained_rows=int(trained.sum()),
        rows=trained.size,
        sensitivity=[_variant(carry_out(plan, scenes, draw)) for plan in beside],
        attendance=attendance,
        levels=levels,
    )


def _variant(found: Variant) -> out.Sensitivity:
    return out.Sensitivity(
        name=found.name,
        beta=_known(found.beta),
        low=_known(found.low),
        high=_known(found.high),
        beside=[out.Coefficient(**asdict(c)) for c in found.beside],
        reasons=list(found.reasons),
    )


def _test(found: Test) -> out.PermutationTest:
    return out.PermutationTest(**asdict(found))


def _placebo(
    scenes: Scenes,
    options: Options,
    found: Standing,
    shown: NDArray[np.bool_],
    draw: _Drawing,
) -> out.PlaceboTest:
    real = spread(found, shown)
    rows: list[Spread] = []
    for row in placebo(scenes, shown, options.placebo, options.seed, options.tuning):
        rows.append(row)
        draw.tell()
    good = [row for row in rows if row.good]
    as_large = sum(row.sd >= real.sd for row in good)
    return out.PlaceboTest(
        real=out.Placebo(**asdict(real)),
        permuted=[out.Placebo(**asdict(row)) for row in rows],
        p_value=(1 + as_large) / (1 + len(good)),
    )


def _network(reading: Reading, seed: int) -> out.Network:
    rng = np.random.default_rng(seed)
    found, drawn = network_of(reading.scenes, rng), map_of(reading.scenes, rng)
    return out.Network(
        pieces=[out.Piece(**asdict(p)) for p in found.pieces],
        median_scenes=found.median_scenes,
        median_colleagues=found.median_colleagues,
        once=found.once,
        steps=found.steps,
        direct=found.direct,
        places=[
            out.Place(x=round(x, 4), y=round(y, 4), scenes=n, piece=piece + 1)
            for x, y, n, piece in zip(
                drawn.x.tolist(),
                drawn.y.tolist(),
                drawn.scenes.tolist(),
                drawn.piece.tolist(),
                strict=True,
            )
        ],
        links=drawn.links.tolist(),
    )


def _diagnostics(found: Diagnostics) -> out.Diagnostics:
    return out.Diagnostics(
        chains=found.chains,
        draws=found.draws,
        tune=found.tune,
        rhat_max=_known(found.rhat_max),
        ess_min=_known(found.ess_min),
        divergences=found.divergences,
        seconds=round(found.seconds, 1),
        good=found.good,
        reasons=list(found.reasons),
    )


def _source(reading: Reading, options: Options) -> out.Source:
    return out.Source(
        file=reading.source.name,
        sha256=reading.source.sha256,
        rows=reading.source.rows,
        command=command(reading.source.name, options),
        seed=options.seed,
        stepdown_version=__version__,
        packages={name: version(name) for name in _PACKAGES},
    )


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
