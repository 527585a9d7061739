from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.discrete.conditional_models import ConditionalLogit

from stepdown.evaluation.same_scene.likelihood import SAFE, count_states, log_likelihood


def evaluate(start, level, eta, s):
    start, level = np.asarray(start), np.asarray(level)
    d_eta, d_s = np.empty(level.size), np.empty(len(s))
    most = count_states(start, level, len(s))
    value = log_likelihood(start, level, np.asarray(eta), np.asarray(s), most, d_eta, d_s)
    return value, d_eta, d_s


def by_enumeration(level, eta, s):
    """Sum over every distinct assignment of the multiset, one by one."""
    total = -np.inf
    for other in set(itertools.permutations(level)):
        total = np.logaddexp(total, sum(e * s[j] for e, j in zip(eta, other, strict=True)))
    return sum(e * s[j] for e, j in zip(eta, level, strict=True)) - total


@st.composite
def scenes(draw, largest=3.0):
    levels = draw(st.integers(2, 4))
    level = draw(st.lists(st.integers(0, levels - 1), min_size=2, max_size=7))
    reals = st.floats(-largest, largest)
    eta = draw(st.lists(reals, min_size=len(level), max_size=len(level)))
    steps = draw(st.lists(st.floats(-4, 1), min_size=levels - 2, max_size=levels - 2))
    s = np.concatenate(([0.0, 1.0], 1 + np.cumsum(np.exp(steps))))
    return level, np.array(eta), s


@given(scenes())
@settings(max_examples=150, deadline=None)
def test_the_likelihood_is_that_of_enumerating_every_assignment(scene):
    level, eta, s = scene
    value, _, _ = evaluate([0, len(level)], level, eta, s)
    assert value == pytest.approx(by_enumeration(level, eta, s), abs=1e-10)


@given(scenes(largest=500.0))
@settings(max_examples=100, deadline=None)
def test_it_stays_so_where_plain_numbers_would_overflow(scene):
    level, eta, s = scene
    value, d_eta, d_s = evaluate([0, len(level)], level, eta, s)
    assert value == pytest.approx(by_enumeration(level, eta, s), rel=1e-12, abs=1e-9)
    assert np.isfinite(d_eta).all()
    assert np.isfinite(d_s).all()


@given(scenes())
@settings(max_examples=100, deadline=None)
def test_the_gradient_is_that_of_finite_differences(scene):
    level, eta, s = scene
    _, d_eta, d_s = evaluate([0, len(level)], level, eta, s)
    step = 1e-5
    for i in range(len(level)):
        up, down = eta.copy(), eta.copy()
        up[i] += step
        down[i] -= step
        slope = (by_enumeration(level, up, s) - by_enumeration(level, down, s)) / (2 * step)
        assert d_eta[i] == pytest.approx(slope, abs=1e-6)
    for j in range(1, len(s)):
        up, down = s.copy(), s.copy()
        up[j] += step
        down[j] -= step
        slope = (by_enumeration(level, eta, up) - by_enumeration(level, eta, down)) / (2 * step)
        assert d_s[j] == pytest.approx(slope, abs=1e-6)


@given(scenes(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_relabelling_officers_changes_nothing(scene, rng):
    level, eta, s = scene
    order = list(range(len(level)))
    rng.shuffle(order)
    value, d_eta, d_s = evaluate([0, len(level)], level, eta, s)
    other, d_other, d_s_other = evaluate([0, len(level)], [level[i] for i in order], eta[order], s)
    assert other == pytest.approx(value, abs=1e-10)
    assert d_other == pytest.approx(d_eta[order], abs=1e-10)
    assert d_s_other == pytest.approx(d_s, abs=1e-10)


@given(scenes(), st.floats(-2, 2))
@settings(max_examples=50, deadline=None)
def test_what_all_at_a_scene_share_cancels(scene, shared):
    level, eta, s = scene
    value, _, _ = evaluate([0, len(level)], level, eta, s)
    harder, _, _ = evaluate([0, len(level)], level, eta + shared, s)
    assert harder == pytest.approx(value, abs=1e-9)


def test_scenes_add_up_whatever_their_order():
    rng = np.random.default_rng(1)
    sizes = [2, 5, 7, 3]
    start = np.concatenate(([0], np.cumsum(sizes)))
    level, eta = rng.integers(0, 4, start[-1]), rng.normal(size=start[-1])
    s = np.array([0, 1, 1.2, 1.9])
    value, d_eta, _ = evaluate(start, level, eta, s)
    parts = [evaluate([0, n], level[a : a + n], eta[a : a + n], s)
             for a, n in zip(start[:-1], sizes, strict=True)]  # fmt: skip
    assert value == pytest.approx(sum(p[0] for p in parts))
    assert d_eta == pytest.approx(np.concatenate([p[1] for p in parts]))


def test_two_officers_at_two_levels_are_a_logistic_regression():
    value, d_eta, _ = evaluate([0, 2], [1, 0], [0.7, -0.4], [0.0, 1.0])
    assert value == pytest.approx(-np.log1p(np.exp(-1.1)))
    assert d_eta[0] == pytest.approx(1 / (1 + np.exp(1.1)))


def test_a_scene_where_all_used_the_same_says_nothing():
    value, d_eta, d_s = evaluate([0, 3], [2, 2, 2], [1.0, -2.0, 0.3], [0, 1, 1.5])
    assert value == pytest.approx(0.0, abs=1e-12)
    assert d_eta == pytest.approx(np.zeros(3), abs=1e-12)
    assert d_s == pytest.approx(np.zeros(3), abs=1e-12)


def test_thirty_officers_at_six_levels_are_counted_exactly():
    level = np.repeat(np.arange(6), 5)
    value, d_eta, _ = evaluate([0, 30], level, np.zeros(30), np.arange(6.0))
    # 30! / (5!)^6 assignments, all alike.
    factorials = np.cumsum(np.log(np.arange(1, 31)))
    assert value == pytest.approx(-(factorials[29] - 6 * factorials[4]))
    assert d_eta == pytest.approx(level - 2.5)
    assert count_states(np.array([0, 30]), level, 6) == 6**5


@pytest.mark.parametrize("reach", [0.1, 0.9, 1.1, 3.0])
def test_plain_numbers_and_logarithms_agree_where_they_meet(reach):
    rng = np.random.default_rng(2)
    level = rng.integers(0, 4, 12)
    s = np.array([0, 1, 1.1, 1.4])
    eta = rng.normal(size=12)
    eta *= reach * SAFE / (1.4 * np.abs(eta).sum())
    value, _, _ = evaluate([0, 12], level, eta, s)
    assert value == pytest.approx(by_logarithms(level, eta, s), rel=1e-11)


def by_logarithms(level, eta, s):
    """The recursion over counts written as a dictionary, in logarithms."""
    counts = np.bincount(level, minlength=len(s))
    states = {(0,) * len(s): 0.0}
    for e in eta:
        ahead: dict[tuple[int, ...], float] = {}
        for state, value in states.items():
            for j in range(len(s)):
                if state[j] < counts[j]:
                    there = tuple(c + (t == j) for t, c in enumerate(state))
                    ahead[there] = np.logaddexp(ahead.get(there, -np.inf), value + e * s[j])
        states = ahead
    return float(sum(e * s[j] for e, j in zip(eta, level, strict=True)) - states[tuple(counts)])


def test_two_levels_are_the_conditional_logit_of_statsmodels():
    rng = np.random.default_rng(6)
    sizes = rng.integers(2, 12, 60)
    start = np.concatenate(([0], np.cumsum(sizes)))
    level = rng.integers(0, 2, start[-1])
    x, beta = rng.normal(size=(level.size, 3)), np.array([0.5, -1.0, 2.0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that scenes without variation are left out
        model = ConditionalLogit(level, x, groups=np.repeat(np.arange(60), sizes))
    value, d_eta, _ = evaluate(start, level, x @ beta, [0.0, 1.0])
    assert value == pytest.approx(model.loglike(beta), abs=1e-9)
    assert d_eta @ x == pytest.approx(model.score(beta), abs=1e-8)


def test_a_crowd_at_one_scene_is_still_counted():
    level = np.arange(1200) % 2
    value, d_eta, _ = evaluate([0, 1200], level, np.zeros(1200), [0.0, 1.0])
    factorials = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, 1201)))))
    assert value == pytest.approx(2 * factorials[600] - factorials[1200])
    assert d_eta == pytest.approx(level - 0.5)
