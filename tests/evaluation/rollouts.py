"""Small rollouts for tests, and a slow reference implementation to hold ours against."""

import numpy as np

from stepdown.evaluation.sample import Sample
from stepdown.incidents.panel import NEVER


def make_sample(outcome, wave, stratum=None, exposure=None):
    outcome, wave = np.asarray(outcome, float), np.asarray(wave, float)
    n = len(wave)
    return Sample(
        outcomes={"y": outcome},
        exposure=exposure,
        wave=np.where(wave > outcome.shape[1], NEVER, wave),
        due=wave,
        stratum=np.zeros(n, np.int64) if stratum is None else np.asarray(stratum, np.int64),
        strata=tuple(map(str, np.unique(stratum))) if stratum is not None else ("",),
        n_people=n,
        events={"y": int(outcome.sum())},
    )


def random_sample(rng, sizes, n_periods, rate=0.5, n_strata=1):
    """`sizes` maps wave to its number of units per stratum."""
    wave = np.tile(np.repeat(list(sizes), list(sizes.values())), n_strata)
    stratum = np.repeat(np.arange(n_strata), sum(sizes.values()))
    frailty = rng.gamma(1.0, 1.0, len(wave))
    y = rng.poisson(rate * frailty[:, None], (len(wave), n_periods))
    return make_sample(y, wave, stratum)


def slow_estimate(sample, estimand, beta=None, last_only=False):
    """Estimate and Neyman standard error from the definitions, unit by unit and cell by cell."""
    y, wave, stratum = sample.outcomes["y"], sample.wave, sample.stratum
    n_periods, waves = y.shape[1], np.unique(wave)
    size = {g: (wave == g).sum() for g in waves}
    share = {s: (stratum == s).mean() for s in np.unique(stratum)}
    cells = [
        (g, t)
        for g in waves
        for t in range(1, n_periods + 1)
        if np.isfinite(g) and g <= t < waves.max()
    ]
    weight = {}
    for g, t in cells:
        if estimand == "simple":
            weight[g, t] = size[g] / sum(size[h] for h, _ in cells)
        elif estimand == "cohort":
            treated = sorted({h for h, _ in cells})
            periods = sum(h == g for h, _ in cells)
            weight[g, t] = size[g] / sum(size[h] for h in treated) / periods
        else:
            now = [h for h, u in cells if u == t]
            weight[g, t] = size[g] / sum(size[h] for h in now) / len({u for _, u in cells})
    theta = np.zeros(len(y))  # each unit's coefficient-weighted outcome
    pre = np.zeros(len(y))
    for (g, t), w in weight.items():
        rest = [h for h in waves if (h == waves.max() if last_only else h > t)]
        total = sum(size[h] for h in rest)
        for i in range(len(y)):
            if wave[i] == g:
                theta[i] += w * y[i, t - 1]
                pre[i] += w * y[i, int(g) - 2]
            if wave[i] in rest:
                theta[i] -= w * size[wave[i]] / total * y[i, t - 1]
                pre[i] -= w * size[wave[i]] / total * y[i, int(g) - 2]
    estimates, variances = np.zeros(2), np.zeros((2, 2))
    for s, s_share in share.items():
        for g in waves:
            here = (wave == g) & (stratum == s)
            pair = np.stack([theta[here], pre[here]])
            estimates += s_share * pair.mean(axis=1)
            variances += s_share**2 * np.cov(pair) / here.sum()
    if beta is None:
        beta = variances[0, 1] / variances[1, 1] if variances[1, 1] > 0 else 0.0
    contrast = np.array([1.0, -beta])
    return contrast @ estimates, np.sqrt(contrast @ variances @ contrast)
