"""What a reader in doubt would try: placebo dates, without the busiest, another model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stepdown.evaluation.contrasts import estimand_weights
from stepdown.evaluation.estimators import Z95
from stepdown.evaluation.results import EstimatorName, RobustnessKind, RobustnessRow
from stepdown.evaluation.robustness import fit_sample, row_of
from stepdown.evaluation.sample import Sample
from stepdown.incidents.panel import NEVER, Floats

TOP_SHARE = 0.01
FEWEST_GROUPS = 10
GROUPS = 40
"""Groups of the jackknife: each is left out once."""

_ROUNDS, _CLOSE = 2000, 1e-12


def without_top(
    sample: Sample, name: str, estimator: EstimatorName, estimand: str
) -> RobustnessRow:
    """Estimate without the units that had most counts before the first training.

    Only counts that training cannot have changed choose who is left out.
    """
    label = "Without the 1% with most before the first training"
    before = sample.outcomes[name][:, : int(sample.wave.min()) - 1].sum(axis=1)
    count = int(np.ceil(TOP_SHARE * sample.n_units))
    kept = np.ones(sample.n_units, bool)
    kept[np.argsort(-before, kind="stable")[:count]] = False
    return row_of("without_top", label, fit_sample(sample.select(kept), name, estimator, estimand))


def placebo(sample: Sample, name: str, estimator: EstimatorName, estimand: str) -> RobustnessRow:
    """Estimate an effect of dates at which nothing happened, all before the first training.

    Waves keep their order and start evenly spaced within the periods before the first of them; a
    draw makes the expectation zero.
    """
    label = "Placebo dates, before anybody was trained"
    waves = np.unique(sample.wave)
    periods = int(waves.min()) - 1
    if periods < 2:
        return RobustnessRow(label=label, kind="placebo", reason="fewer than two periods before")
    starts = 2 + np.floor(np.arange(len(waves) - 1) * (periods - 1) / (len(waves) - 1))
    early = dict(zip(waves.tolist(), [*starts.tolist(), NEVER], strict=True))
    wave = np.array([early[g] for g in sample.wave.tolist()])
    past = replace(
        sample,
        outcomes={name: sample.outcomes[name][:, :periods]},
        exposure=None,
        wave=wave,
        due=wave,
    )
    return row_of("placebo", label, fit_sample(past, name, estimator, estimand))


def poisson(sample: Sample, name: str, estimand: str) -> RobustnessRow:
    """Estimate under a model of rates: waves and periods multiply, treated cells are free.

    Effects of each wave and period on the log scale are fitted to the cells not yet trained, whose
    fit says what the trained cells would have been. The error is a jackknife over groups of units,
    so that counts of one person may hang together. Strata are pooled.
    """
    label = "Model of rates (Poisson, waves by periods)"
    totals, sizes = _grouped(sample, name)
    waves = np.unique(sample.wave)
    whole = _effect(totals.sum(axis=0), sizes.sum(axis=0), waves, estimand)
    if whole is None:
        return RobustnessRow(label=label, kind="poisson", reason="a wave had no event before")
    parts = [
        _effect(totals.sum(axis=0) - total, sizes.sum(axis=0) - size, waves, estimand)
        for total, size in zip(totals, sizes, strict=True)
    ]
    found = np.array([p for p in parts if p is not None])
    if len(found) < len(parts):
        return RobustnessRow(label=label, kind="poisson", reason="too few events to leave any out")
    spread = np.sqrt(
        (len(found) - 1) / len(found) * ((found - found.mean(axis=0)) ** 2).sum(axis=0)
    )
    (value, log_ratio), (se, log_se) = whole, spread
    percents = [100 * np.expm1(log_ratio + z * log_se) for z in (0.0, -Z95, Z95)]
    return RobustnessRow(
        label=label,
        kind="poisson",
        estimate=float(value),
        se_neyman=float(se),
        ci_low=float(value - Z95 * se),
        ci_high=float(value + Z95 * se),
        percent=float(percents[0]),
        percent_low=float(percents[1]),
        percent_high=float(percents[2]),
    )


def _grouped(sample: Sample, name: str) -> tuple[Floats, Floats]:
    """Return counts (G, K, T) and units (G, K) by jackknife group and wave."""
    waves, place = np.unique(sample.wave, return_inverse=True)
    count = min(GROUPS, sample.n_units)
    group = np.empty(sample.n_units, np.int64)
    # Dealt out within waves, so that no group leaves a wave empty.
    group[np.argsort(sample.wave, kind="stable")] = np.arange(sample.n_units) % count
    cell = group * len(waves) + place
    totals = np.zeros((count * len(waves), sample.n_periods))
    np.add.at(totals, cell, sample.outcomes[name])
    sizes = np.bincount(cell, minlength=count * len(waves)).astype(np.float64)
    return totals.reshape(count, len(waves), -1), sizes.reshape(count, len(waves))


def _effect(
    total: Floats, sizes: Floats, waves: Floats, estimand: str
) -> tuple[float, float] | None:
    """Return effect per unit and period, and log rate ratio; None if it is not identified.

    total: counts (K, T); sizes: units (K,).
    """
    if not sizes.all():
        return None
    rate = total / sizes[:, None]
    untrained = np.arange(1, total.shape[1] + 1) < waves[:, None]
    fitted = multiplicative_fit(total, sizes[:, None] * untrained)
    weights = estimand_weights(estimand, waves, sizes, total.shape[1])
    seen = weights > 0
    if not (fitted.sum(axis=1)[seen.any(axis=1)] > 0).all():
        return None
    with_training, without = (weights * rate).sum(), (weights * fitted).sum()
    if with_training <= 0 or without <= 0:
        return None
    return float(with_training - without), float(np.log(with_training / without))


def multiplicative_fit(total: Floats, exposure: Floats) -> Floats:
    """Return the rates (K, T) of the Poisson model rate = row x column, fitted where exposed.

    total: counts (K, T); exposure: (K, T), 0 in cells that are left out. Maximum likelihood by
    proportional scaling; a row without counts has rate 0.
    """
    counted = np.where(exposure > 0, total, 0.0)
    row, column = np.ones(len(total)), np.ones(total.shape[1])
    by_row, by_column = counted.sum(axis=1), counted.sum(axis=0)
    for _ in range(_ROUNDS):
        row = _over(by_row, exposure @ column)
        before, column = column, _over(by_column, row @ exposure)
        if np.abs(column - before).max() <= _CLOSE * max(float(column.max()), 1e-300):
            break
    return np.asarray(row[:, None] * column, np.float64)


def _over(value: Floats, by: Floats) -> Floats:
    return np.divide(value, by, out=np.zeros_like(value), where=by > 0)


def spillover(sample: Sample, name: str) -> RobustnessRow:
    """Estimate what training the others of a group does to those not yet trained in it.

    Among people not yet trained, within wave and period, counts are regressed on the share of the
    others of their group who are due; a draw of single people makes that share a matter of chance.
    The size is that from none of the others to all of them; errors are by group.
    """
    label = "Those not yet trained: all others of their group trained, against none"
    kind: RobustnessKind = "spillover"
    if sample.group is None:
        return RobustnessRow(label=label, kind=kind, reason="no groups in these data")
    group, y = sample.group, sample.outcomes[name]
    members = np.bincount(group)
    if (members > 1).sum() < FEWEST_GROUPS:
        return RobustnessRow(label=label, kind=kind, reason=f"fewer than {FEWEST_GROUPS} groups")
    trained = np.arange(1, sample.n_periods + 1) >= sample.wave[:, None]
    count = np.zeros((len(members), sample.n_periods))
    np.add.at(count, group, trained.astype(np.float64))
    share = count[group] / np.maximum(members[group] - 1, 1)[:, None]
    used = ~trained & (members[group] > 1)[:, None]
    wave = np.unique(sample.wave, return_inverse=True)[1]
    x, rest = _within(share, used, wave), _within(y, used, wave)
    total = float((x * x).sum())
    if total <= 1e-12:
        return RobustnessRow(label=label, kind=kind, reason="the share never varies")
    slope = float((x * rest).sum()) / total
    score = np.bincount(group, (x * (rest - slope * x)).sum(axis=1), len(members))
    groups = len(np.unique(group[used.any(axis=1)]))
    se = float(np.sqrt(groups / max(groups - 1, 1) * (score**2).sum())) / total
    mean = float(y[used].mean())
    ends = [slope, slope - Z95 * se, slope + Z95 * se]
    percents = [100 * v / mean if mean > 0 else None for v in ends]
    return RobustnessRow(
        label=label, kind=kind, estimate=slope, se_neyman=se, ci_low=ends[1], ci_high=ends[2],
        percent=percents[0], percent_low=percents[1], percent_high=percents[2],
        remark="If this is not zero, the estimate understates or overstates what training does",
    )  # fmt: skip


def _within(values: Floats, used: np.ndarray, wave: np.ndarray) -> Floats:
    """Return values less their mean over the used units of the same wave in the same period."""
    waves = int(wave.max()) + 1
    total, count = np.zeros((waves, values.shape[1])), np.zeros((waves, values.shape[1]))
    np.add.at(total, wave, np.where(used, values, 0.0))
    np.add.at(count, wave, used.astype(np.float64))
    mean = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
    return np.where(used, values - mean[wave], 0.0)
