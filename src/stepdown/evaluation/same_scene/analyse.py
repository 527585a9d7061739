"""Scenes → everything a same-scene analysis says."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepdown import __version__
from stepdown.evaluation.same_scene import results as out
from stepdown.evaluation.same_scene.columns import Columns
from stepdown.evaluation.same_scene.layout import map_of
from stepdown.evaluation.same_scene.network import network_of, pieces
from stepdown.evaluation.same_scene.peers import Standing, peers, standing
from stepdown.evaluation.same_scene.permutation import Test, permutation_tests
from stepdown.evaluation.same_scene.placebo import Spread, placebo, spread
from stepdown.evaluation.same_scene.posterior import BETA_SD, Posterior, scores
from stepdown.evaluation.same_scene.read import Reading
from stepdown.evaluation.same_scene.sample import Diagnostics, Draws, Tuning, sample_well
from stepdown.evaluation.same_scene.training import (
    OTHER_SDS,
    Variant,
    interval,
    mixed_scenes,
    refits,
)
from stepdown.progress import Progress, silent

Floats = NDArray[np.float64]

_PACKAGES = ("numpy", "scipy", "numba", "nutpie", "arviz")


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may choose.

    `randomized`: training days were drawn by lot, so that they may be permuted. `placebo`: how
    many permutations of levels to fit. `min_scenes`: fewest scenes for an officer to be shown.
    """

    columns: Columns = field(default_factory=Columns)
    tuning: Tuning = field(default_factory=Tuning)
    seed: int = 1
    randomized: bool = False
    permutations: int = 5000
    placebo: int = 0
    min_scenes: int = 10
    force_users_only: bool = False


def analyse(
    reading: Reading, options: Options, progress: Progress = silent
) -> out.SameSceneResults:
    """Fit the model and say what it found; nothing of it when the draws cannot be trusted."""
    scenes, warnings = reading.scenes, list(reading.warnings)
    data = reading.training
    trained = None
    if data is not None:
        mixed = mixed_scenes(scenes, data.trained[scenes.source])
        if mixed:
            trained = data.trained[scenes.source][:, None]
        else:
            warnings.append(
                "no scene has trained and untrained officers who used different levels: "
                "training cannot be studied here"
            )
    if data is not None and options.randomized:
        warnings += data.outside_the_draw()
    fitted = scenes if trained is None else scenes.with_covariates(trained)
    posterior = Posterior.of(fitted)
    extra = 0 if trained is None else _fits_beside(reading)
    total = 1 + extra + options.placebo
    progress("Drawing from the posterior", 0, total)
    drawn = sample_well(posterior, options.seed, options.tuning)
    progress("Drawing from the posterior", 1, total)
    good = drawn.diagnostics.good
    lam, delta, beta = posterior.split(drawn.x)
    s = _levels_scored(delta) if good else None
    shown = scenes.scenes_of_officers >= options.min_scenes
    found = standing(lam) if good else None
    training = None
    if good and trained is not None:
        training = _training(reading, options, beta[:, 0], fitted)
        progress("Drawing from the posterior", 1 + extra, total)
    test = None
    if found is not None and options.placebo:
        test = _placebo(reading, options, found, shown, progress, 1 + extra)
    return out.SameSceneResults(
        source=_source(reading, options),
        levels=list(reading.labels),
        level_rows=np.bincount(scenes.level, minlength=scenes.levels).tolist(),
        force_users_only=options.force_users_only,
        account=[out.Step(**asdict(step)) for step in reading.account],
        warnings=warnings,
        network=_network(reading, options.seed),
        min_scenes=options.min_scenes,
        s=None if s is None else s[0],
        s_low=None if s is None else s[1],
        s_high=None if s is None else s[2],
        officers=[] if found is None else _officers(reading, lam, found, shown),
        training=training,
        placebo=test,
        diagnostics=_diagnostics(drawn.diagnostics),
    )


def _fits_beside(reading: Reading) -> int:
    data = reading.training
    if data is None:
        return 0
    return len(OTHER_SDS) + int(data.months is not None) + int(bool(data.names))


def _levels_scored(delta: Floats) -> tuple[list[float], list[float], list[float]]:
    s = scores(delta)
    low, high = np.quantile(s, [0.025, 0.975], axis=0)
    return s.mean(axis=0).tolist(), low.tolist(), high.tolist()


def _officers(
    reading: Reading, lam: Floats, found: Standing, shown: NDArray[np.bool_]
) -> list[out.Officer]:
    scenes = reading.scenes
    piece = pieces(scenes)
    elsewhere = (peers(lam) & (piece[:, None] != piece[None, :])).sum(axis=1)
    counts = scenes.scenes_of_officers
    return [
        out.Officer(
            officer=int(scenes.officers[i]),
            n_scenes=int(counts[i]),
            piece=int(piece[i]) + 1,
            n_peers=int(found.n_peers[i]),
            n_peers_elsewhere=int(elsewhere[i]),
            p_top5=_known(found.p_top5[i]),
            p_bottom5=_known(found.p_bottom5[i]),
            relative_mean=_known(found.relative[i]),
            relative_low=_known(found.low[i]),
            relative_high=_known(found.high[i]),
            shown=bool(shown[i] and found.n_peers[i] > 0),
        )
        for i in range(scenes.officers.size)
    ]


def _training(reading: Reading, options: Options, beta: Floats, fitted: Any) -> out.Training | None:
    data = reading.training
    if data is None:  # pragma: no cover - asked for before
        return None
    mean, low, high = interval(beta)
    trained = data.trained[fitted.source]

    def again(posterior: Posterior) -> Draws:
        return sample_well(posterior, options.seed, options.tuning)

    attendance = levels = None
    timing = data.timing(reading.whole)
    if options.randomized and timing is not None:
        tests = permutation_tests(
            reading.whole, reading.scenes, timing, options.permutations, options.seed
        )
        levels = _test(tests.levels)
        # Where only users of force are in the file, to be there is to have used force.
        attendance = _test(tests.attendance) if reading.witnesses else None
    return out.Training(
        beta=mean,
        low=low,
        high=high,
        prior_sd=BETA_SD,
        mixed_scenes=mixed_scenes(fitted, trained),
        trained_rows=int(trained.sum()),
        rows=trained.size,
        sensitivity=[_variant(v) for v in refits(reading.scenes, data, again)],
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
    reading: Reading,
    options: Options,
    found: Standing,
    shown: NDArray[np.bool_],
    progress: Progress,
    done: int,
) -> out.PlaceboTest:
    real = spread(found, shown)
    rows: list[Spread] = []
    for row in placebo(reading.scenes, shown, options.placebo, options.seed, options.tuning):
        rows.append(row)
        progress("Drawing from the posterior", done + len(rows), done + options.placebo)
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
    given = asdict(options.columns)
    named = {k: ", ".join(v) if isinstance(v, tuple) else v for k, v in given.items() if v}
    return out.Source(
        file=reading.source.name,
        sha256=reading.source.sha256,
        rows=reading.source.rows,
        columns=named,
        seed=options.seed,
        stepdown_version=__version__,
        packages={name: version(name) for name in _PACKAGES},
    )


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
