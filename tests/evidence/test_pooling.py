"""Held against metafor 3.8-1 (R), to the digits it prints, and against simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from stepdown.evidence.effects import Effect
from stepdown.evidence.pooling import leave_one_out, pool, small_studies, tau2_reml

# dat.bcg of metafor (Colditz et al. 1994): log risk ratios and their variances.
BCG = (
    (-0.8893113339202, 0.32558476500396), (-1.5853886572014, 0.19458112139814),
    (-1.3480731482997, 0.41536796536797), (-1.4415511900213, 0.02001003190225),
    (-0.2175473222113, 0.05121017216963), (-0.7861155858189, 0.00690561845591),
    (-1.6208982235984, 0.22301724757232), (0.0119523335238, 0.00396157929782),
    (-0.4694176487381, 0.05643421046325), (-1.3713448034728, 0.07302479361303),
    (-0.3393588283384, 0.01241221397156), (0.4459134005714, 0.53250584520015),
    (-0.0173139482169, 0.07140465968399),
)  # fmt: skip


def effects(ys: object, ses: object) -> list[Effect]:
    return [
        Effect(f"r{i}", f"s{i}", float(y), float(se))
        for i, (y, se) in enumerate(zip(ys, ses, strict=True))  # type: ignore[call-overload]
    ]


def bcg() -> list[Effect]:
    return effects([y for y, _ in BCG], [math.sqrt(v) for _, v in BCG])


def test_bcg_as_metafor_with_knapp_and_hartung() -> None:
    # rma(yi, vi, method="REML", test="knha"): also in Viechtbauer (2010), JSS 36(3).
    found = pool(bcg())
    assert found.mean == pytest.approx(-0.7145323422, abs=2e-9)
    assert found.se == pytest.approx(0.1807917441, abs=1e-9)
    assert (found.low, found.high) == pytest.approx((-1.108443714, -0.3206209706), abs=3e-9)
    assert found.p_value == pytest.approx(1.920015096e-03, rel=1e-8)
    assert found.tau2 == pytest.approx(0.3132432581, abs=2e-8)
    assert found.q == pytest.approx(152.2330081, abs=1e-7)
    assert found.q_p_value == pytest.approx(1.996764591e-26, rel=1e-8)
    assert found.i2 == pytest.approx(92.22138452, abs=1e-6)


def test_the_prediction_interval_is_t_with_k_less_two() -> None:
    found = pool(bcg())
    reach = t.ppf(0.975, 11) * math.sqrt(0.3132432581 + 0.1807917441**2)
    assert found.prediction_high - found.mean == pytest.approx(reach, abs=1e-7)
    # metafor's own uses k - 1; in its units ours is as much wider as the quantiles are.
    theirs = 0.5669521499 + 0.7145323422
    assert reach / theirs == pytest.approx(t.ppf(0.975, 11) / t.ppf(0.975, 12), abs=1e-7)


@pytest.mark.parametrize(
    ("y", "se", "mean", "error", "low", "high", "p", "tau2"),
    [  # rma(..., test="adhoc"): Knapp and Hartung with the factor max(1, q)
        ((-0.20, -0.25, -0.22), (0.10, 0.12, 0.15), -0.22038961039, 0.06837634588,
         -0.51458928162, 0.07381006084, 0.08426780908, 0.0),
        ((-1.317, -0.163, 0.131), (0.111, 0.054, 0.093), -0.4469029245, 0.4408815341,
         -2.343863061, 1.450057212, 0.4174287005, 0.5725397614),
        ((-0.3, -0.1, 0.05, -0.4, -0.6), (0.1, 0.2, 0.15, 0.3, 0.05), -0.2870957119,
         0.1295469669, -0.6467757541, 0.0725843304, 0.09100094064, 0.05932406958),
    ],
)  # fmt: skip
def test_few_studies_as_metafor_with_the_guard(
    y: tuple[float, ...], se: tuple[float, ...], mean: float, error: float, low: float,
    high: float, p: float, tau2: float,
) -> None:  # fmt: skip
    found = pool(effects(y, se))
    assert found.mean == pytest.approx(mean, abs=1e-7)
    assert found.se == pytest.approx(error, abs=1e-7)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-6)
    assert found.p_value == pytest.approx(p, abs=1e-7)
    assert found.tau2 == pytest.approx(tau2, abs=1e-7)


def test_studies_that_agree_by_luck_do_not_narrow_the_interval() -> None:
    found = pool(effects((-0.20, -0.25, -0.22), (0.10, 0.12, 0.15)))
    assert found.hartung_knapp < 1
    assert found.se == pytest.approx(1 / math.sqrt(1 / 0.1**2 + 1 / 0.12**2 + 1 / 0.15**2))


def test_leaving_one_out_as_metafor() -> None:
    found = {w.row: w.pool for w in leave_one_out(bcg())}
    for row, mean, error, tau2 in (
        ("r0", -0.7070837847, 0.1940027384, 0.3361567018),
        ("r3", -0.6284093698, 0.1819371938, 0.2627581481),
        ("r12", -0.7775361849, 0.1855406690, 0.3037333664),
    ):
        assert found[row].mean == pytest.approx(mean, abs=1e-7)
        assert found[row].se == pytest.approx(error, abs=1e-7)
        assert found[row].tau2 == pytest.approx(tau2, abs=1e-6)
    assert leave_one_out(bcg()[:3]) == ()


def test_small_studies_as_metafor() -> None:
    # regtest(yi, vi, model="lm")
    found = small_studies(bcg())
    assert found is not None
    assert found.slope / found.se == pytest.approx(-1.40128200, abs=1e-7)
    assert found.p_value == pytest.approx(0.18870700, abs=1e-7)
    assert found.intercept == pytest.approx(-0.19092864, abs=1e-7)
    assert small_studies(bcg()[:9]) is None
    assert small_studies(effects(np.arange(10) / 10, [0.1] * 10)) is None


def test_what_must_not_be_pooled_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 3"):
        pool(bcg()[:2])
    with pytest.raises(ValueError, match="one effect per study"):
        pool([*bcg()[:2], bcg()[0]])
    with pytest.raises(ValueError, match="finite"):
        pool(effects((0.1, 0.2, math.nan), (1, 1, 1)))
    with pytest.raises(ValueError, match="above zero"):
        pool(effects((0.1, 0.2, 0.3), (1, 1, 0)))


studies = st.lists(st.tuples(st.floats(-2, 2), st.floats(0.02, 1.5)), min_size=3, max_size=12)


@settings(deadline=None, max_examples=60)
@given(studies, st.floats(0.01, 100), st.floats(-3, 3))
def test_unit_and_origin_do_not_matter(
    drawn: list[tuple[float, float]], unit: float, shift: float
) -> None:
    y, se = zip(*drawn, strict=True)
    found = pool(effects(y, se))
    moved = pool(effects([unit * v + shift for v in y], [unit * v for v in se]))
    scale = abs(unit) * (1 + abs(found.mean)) + abs(shift)
    assert moved.mean == pytest.approx(unit * found.mean + shift, abs=1e-4 * scale)
    assert moved.se == pytest.approx(unit * found.se, rel=1e-3)


@settings(deadline=None, max_examples=60)
@given(studies)
def test_the_guard_holds_and_the_prediction_is_never_narrower(
    drawn: list[tuple[float, float]],
) -> None:
    found = pool(effects(*zip(*drawn, strict=True)))
    w = [1 / (se**2 + found.tau2) for _, se in drawn]
    assert found.se >= 1 / math.sqrt(sum(w)) - 1e-12
    assert found.prediction_low <= found.low
    assert found.prediction_high >= found.high
    assert sum(found.weights) == pytest.approx(1)


@settings(deadline=None, max_examples=40)
@given(studies)
def test_tau2_is_where_the_restricted_likelihood_is_highest(
    drawn: list[tuple[float, float]],
) -> None:
    made = effects(*zip(*drawn, strict=True))
    y, se = (np.array(v) for v in zip(*drawn, strict=True))

    def likelihood(tau2: float) -> float:
        w = 1 / (se**2 + tau2)
        mean = w @ y / w.sum()
        return float(0.5 * (np.log(w).sum() - np.log(w.sum()) - w @ (y - mean) ** 2))

    best = likelihood(tau2_reml(made))
    others = [likelihood(x) for x in np.concatenate([[0], np.geomspace(1e-6, 10, 400)])]
    assert best >= max(others) - 1e-6


@pytest.mark.parametrize("tau2", [0.0, 0.04])
def test_the_interval_covers_in_simulation(tau2: float) -> None:
    rng = np.random.default_rng(5)
    runs, k = 400, 5
    hits = predicted = 0
    for _ in range(runs):
        se = rng.uniform(0.08, 0.35, k)
        y = -0.2 + rng.normal(0, math.sqrt(tau2), k) + rng.normal(0, se)
        found = pool(effects(y, se))
        hits += found.low <= -0.2 <= found.high
        new = -0.2 + rng.normal(0, math.sqrt(tau2))
        predicted += found.prediction_low <= new <= found.prediction_high
    assert hits / runs > 0.915  # 0.95 less three standard errors; the guard makes it wider
    assert predicted / runs > 0.915
