import itertools
import math

import numpy as np
import pytest

from stepdown.evaluation.draws import count_assignments
from stepdown.evaluation.estimators import contrast_for, estimate
from stepdown.evaluation.moments import cell_moments, lay_out
from stepdown.evaluation.randomization import randomization_tests
from stepdown.evaluation.statistics import project, project_training
from stepdown.incidents.panel import NEVER

from .rollouts import make_sample, random_sample, slow_estimate


def run(sample, draws=500, seed=1, workers=1):
    layout = lay_out(sample)
    contrast = contrast_for(layout, sample.n_periods, "efficient", "simple")
    projected = project(sample.outcomes["y"], layout, contrast)
    training = project_training(layout, contrast)
    return randomization_tests(
        [projected], training, layout, draws=draws, seed=seed, workers=workers
    )[0]


def all_relabellings(sample):
    """Every distinct assignment within strata, as a list of waves per unit."""
    per_stratum = []
    for s in np.unique(sample.stratum):
        waves = sample.wave[sample.stratum == s]
        per_stratum.append(sorted(set(itertools.permutations(waves))))
    return [list(itertools.chain(*parts)) for parts in itertools.product(*per_stratum)]


@pytest.mark.parametrize(
    ("sizes", "n_strata"), [({2: 2, 3: 3, NEVER: 2}, 1), ({2: 2, 4: 2}, 2), ({2: 3, NEVER: 4}, 1)]
)
def test_with_few_assignments_p_is_the_share_of_all_of_them(sizes, n_strata):
    sample = random_sample(np.random.default_rng(5), sizes, 5, rate=2.0, n_strata=n_strata)
    ratios = []
    for waves in all_relabellings(sample):
        redrawn = make_sample(sample.outcomes["y"], waves, sample.stratum)
        value, se = slow_estimate(redrawn, "simple")
        ratios.append(abs(value) / se)
    value, se = slow_estimate(sample, "simple")
    exact = np.mean(np.array(ratios) >= abs(value) / se - 1e-9)
    found = run(sample, draws=len(ratios)).effect
    assert found.exact
    assert found.draws == len(ratios)
    assert found.p_value == pytest.approx(exact)
    assert found.mc_error == 0
    assert found.smallest_p == pytest.approx(np.mean(np.array(ratios) >= max(ratios) - 1e-9))


def test_drawn_p_estimates_the_exact_one():
    sample = random_sample(np.random.default_rng(8), {2: 3, 4: 3, NEVER: 3}, 5, rate=2.0)
    exact = run(sample, draws=1680).effect
    drawn = run(sample, draws=1679).effect
    assert (exact.exact, drawn.exact) == (True, False)
    assert abs(exact.p_value - drawn.p_value) < 4 * math.sqrt(0.25 / 1679)
    assert drawn.smallest_p == 1 / 1680
    p = drawn.p_value
    assert drawn.mc_error == pytest.approx(math.sqrt(p * (1 - p) / 1679))


def test_the_number_of_workers_changes_nothing():
    sample = random_sample(np.random.default_rng(2), {3: 30, 5: 30, NEVER: 30}, 6, n_strata=2)
    assert run(sample, draws=730, workers=1) == run(sample, draws=730, workers=4)


def test_the_seed_decides_the_draws():
    sample = random_sample(np.random.default_rng(2), {3: 30, 5: 30}, 6)
    assert run(sample, seed=1) == run(sample, seed=1)
    assert run(sample, seed=1) != run(sample, seed=2)


def test_the_observed_statistic_is_the_published_estimate_over_its_neyman_error():
    # One draw that hits or misses says too little: compare through the exact distribution.
    sample = random_sample(np.random.default_rng(11), {2: 4, 4: 4}, 5, rate=2.0)
    fit = estimate(cell_moments(sample.outcomes["y"], lay_out(sample)), "efficient", "simple")
    value, se = slow_estimate(sample, "simple")
    assert fit.estimate / fit.se_neyman == pytest.approx(value / se)


def test_assignments_are_counted_within_strata():
    sample = random_sample(np.random.default_rng(1), {2: 2, 3: 2, NEVER: 1}, 4, n_strata=2)
    assert count_assignments(lay_out(sample), limit=10_000) == 30**2
    assert count_assignments(lay_out(sample), limit=100) == 101


def test_redrawing_stays_within_strata():
    # The strata differ hugely; only draws across them could make the observed difference common.
    y = np.concatenate([np.full((6, 4), 100.0), np.zeros((6, 4))])
    y += np.random.default_rng(4).poisson(1.0, y.shape)
    y[[0, 1, 2, 6, 7, 8], 1:] += 3
    wave = [2, 2, 2, NEVER, NEVER, NEVER] * 2
    tests = run(make_sample(y, wave, np.repeat([0, 1], 6)), draws=400)
    assert tests.effect.exact
    assert tests.effect.p_value <= 4 / 400


def test_without_any_variation_p_is_one():
    sample = make_sample(np.ones((12, 4)), [2] * 4 + [3] * 4 + [NEVER] * 4)
    assert run(sample, draws=50).effect.p_value == 1.0


def test_a_draw_without_variance_but_with_a_difference_counts_as_a_hit():
    y = np.zeros((8, 3))
    y[0:2, 1:] = [[1, 1], [0, 1]]
    tests = run(make_sample(y, [2, 2, 2, 2, NEVER, NEVER, NEVER, NEVER]), draws=70)
    assert 0 < tests.effect.p_value <= 1


def test_waves_formed_by_earlier_counts_fail_the_test_of_the_draw():
    rng = np.random.default_rng(6)
    level = np.repeat([0.2, 1.0, 3.0], 20)
    y = rng.poisson(level[:, None], (60, 8))
    tests = run(make_sample(y, np.repeat([4, 6, NEVER], 20)), draws=999)
    assert tests.waves.p_value == 1 / 1000


@pytest.fixture(scope="module")
def under_the_sharp_null():
    """Tests of 400 assignments drawn anew of the same outcomes."""
    rng = np.random.default_rng(99)
    frailty = rng.gamma(0.5, 1.0, 36)
    y = rng.poisson(frailty[:, None] * 0.3, (36, 8)).astype(float)
    samples = (make_sample(y, rng.permutation(np.repeat([3, 5, NEVER], 12))) for _ in range(400))
    return [run(sample, draws=99, seed=n) for n, sample in enumerate(samples)]


@pytest.mark.parametrize("which", ["effect", "before", "waves"])
def test_under_the_sharp_null_p_below_five_percent_is_as_rare_as_it_claims(
    under_the_sharp_null, which
):
    repetitions = len(under_the_sharp_null)
    hits = sum(getattr(tests, which).p_value <= 0.05 for tests in under_the_sharp_null)
    # 99.9 % bound of a binomial with 5 %.
    assert hits / repetitions <= 0.05 + 3.1 * math.sqrt(0.05 * 0.95 / repetitions)


def test_chicago_complaints_are_compatible_with_the_draw(chicago):
    sample = make_sample(chicago.sample.outcomes["complaints"], chicago.sample.wave)
    effect = run(sample, draws=5000, workers=2).effect
    assert 0.58 <= effect.p_value <= 0.63
    assert not effect.exact


def test_a_high_level_does_not_drown_the_variation():
    sample = random_sample(np.random.default_rng(2), {3: 30, 5: 30, NEVER: 30}, 6)
    raised = make_sample(sample.outcomes["y"] + 1e5, sample.wave)
    assert run(raised).effect.p_value == pytest.approx(run(sample).effect.p_value, abs=0.01)
    assert run(raised).waves.p_value == pytest.approx(run(sample).waves.p_value, abs=0.01)


@pytest.mark.parametrize("unit", [1e-8, 1e-3, 1e6])
def test_no_p_depends_on_the_unit_of_the_outcome(unit):
    sample = random_sample(np.random.default_rng(5), {3: 20, 5: 20, NEVER: 20}, 6, rate=0.02)
    other = make_sample(sample.outcomes["y"] * unit, sample.wave)
    theirs, ours = run(other, draws=300), run(sample, draws=300)
    assert (theirs.before, theirs.waves) == (ours.before, ours.waves)
    assert theirs.effect.p_value == ours.effect.p_value
    assert theirs.effect.ci_low == pytest.approx(unit * ours.effect.ci_low)
    assert theirs.effect.ci_high == pytest.approx(unit * ours.effect.ci_high)


def test_an_exact_p_is_never_below_the_smallest_possible():
    rng = np.random.default_rng(0)
    for _ in range(60):
        wave = rng.permutation(np.repeat([2, 3, NEVER], 2))
        found = run(make_sample(rng.binomial(1, 0.3, (6, 4)) / 3, wave), draws=90).effect
        assert found.p_value >= 1 / 90


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_that_no_stream_has_is_refused(seed):
    sample = random_sample(np.random.default_rng(2), {3: 30, 5: 30}, 6)
    with pytest.raises(ValueError, match="seed must be from 0"):
        run(sample, seed=seed)
