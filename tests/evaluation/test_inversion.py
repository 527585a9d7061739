import numpy as np
import pytest

from stepdown.evaluation.draws import random_blocks
from stepdown.evaluation.estimators import contrast_for, estimate
from stepdown.evaluation.moments import cell_moments, lay_out
from stepdown.evaluation.randomization import randomization_tests
from stepdown.evaluation.statistics import project, project_training, statistics
from stepdown.incidents.panel import NEVER

from .rollouts import make_sample, random_sample


def effect(sample, draws=400, seed=1):
    """Return the randomization test of the effect, with its interval."""
    layout = lay_out(sample)
    contrast = contrast_for(layout, sample.n_periods, "efficient", "simple")
    projected = project(sample.outcomes["y"], layout, contrast)
    training = project_training(layout, contrast)
    return randomization_tests([projected], training, layout, draws=draws, seed=seed)[0].effect


def supposing(sample, tau):
    """Return the sample as it would have been without training, were tau its effect."""
    periods = np.arange(1, sample.n_periods + 1)
    trained = periods >= sample.wave[:, None]
    return make_sample(sample.outcomes["y"] - tau * trained, sample.wave, sample.stratum)


DESIGNS = {
    "units": ({3: 8, 5: 8, NEVER: 8}, 1),
    "strata": ({3: 6, 5: 7, NEVER: 5}, 2),
    "few, all assignments": ({2: 3, 4: 3, NEVER: 2}, 1),
}


@pytest.mark.parametrize(("sizes", "n_strata"), DESIGNS.values(), ids=DESIGNS)
def test_an_effect_is_inside_exactly_when_its_own_test_does_not_reject(sizes, n_strata):
    """Every supposed effect is tested from scratch, on outcomes from which it was subtracted."""
    sample = random_sample(np.random.default_rng(3), sizes, 6, rate=2.0, n_strata=n_strata)
    found = effect(sample, draws=600)
    assert not found.ci_gaps
    span = found.ci_high - found.ci_low
    for tau in np.linspace(found.ci_low - span / 2, found.ci_high + span / 2, 24):
        p = effect(supposing(sample, tau), draws=600).p_value
        assert (p > 0.05) == (found.ci_low <= tau <= found.ci_high), (tau, p)


def test_the_interval_moves_with_an_effect_that_everybody_has():
    sample = random_sample(np.random.default_rng(4), {3: 12, 5: 12, NEVER: 12}, 6, rate=2.0)
    before, after = effect(sample), effect(supposing(sample, -0.7))
    assert after.ci_low == pytest.approx(before.ci_low + 0.7, abs=1e-6)
    assert after.ci_high == pytest.approx(before.ci_high + 0.7, abs=1e-6)


def test_zero_is_inside_exactly_when_the_test_of_no_effect_does_not_reject():
    inside, rejected = 0, 0
    for seed in range(40):
        sample = random_sample(np.random.default_rng(seed), {3: 10, 5: 10, NEVER: 10}, 6, rate=1.5)
        found = effect(supposing(sample, 0.6 * (seed % 3)), draws=300)
        assert (found.p_value > 0.05) == (found.ci_low <= 0 <= found.ci_high)
        inside += found.p_value > 0.05
        rejected += found.p_value <= 0.05
    assert inside >= 5
    assert rejected >= 5


def test_in_a_large_rollout_it_agrees_with_the_normal_interval():
    sizes = {4: 400, 6: 400, 8: 400, NEVER: 400}
    sample = random_sample(np.random.default_rng(1), sizes, 10, rate=0.5)
    fit = estimate(cell_moments(sample.outcomes["y"], lay_out(sample)), "efficient", "simple")
    found = effect(sample, draws=4000)
    assert found.ci_low == pytest.approx(fit.ci[0], abs=0.15 * fit.se_neyman)
    assert found.ci_high == pytest.approx(fit.ci[1], abs=0.15 * fit.se_neyman)


def test_with_a_handful_in_the_last_wave_it_is_wider_than_the_normal_interval():
    sample = random_sample(np.random.default_rng(2), {3: 150, 5: 150, NEVER: 5}, 8, rate=0.3)
    fit = estimate(cell_moments(sample.outcomes["y"], lay_out(sample)), "efficient", "simple")
    found = effect(sample, draws=2000)
    assert found.ci_high - found.ci_low > 1.2 * (fit.ci[1] - fit.ci[0])


def test_where_no_test_could_reject_there_is_no_end():
    sample = random_sample(np.random.default_rng(6), {2: 2, NEVER: 2}, 4, rate=3.0)
    found = effect(sample)
    assert found.exact
    assert found.smallest_p > 0.05
    assert (found.ci_low, found.ci_high) == (None, None)


def test_the_error_of_an_end_is_how_much_it_varies_with_the_seed():
    sample = random_sample(np.random.default_rng(7), {3: 25, 5: 25, NEVER: 25}, 6, rate=1.0)
    ends = [effect(sample, draws=300, seed=seed) for seed in range(40)]
    for end, error in (("ci_low", "ci_low_mc_error"), ("ci_high", "ci_high_mc_error")):
        spread = np.std([getattr(e, end) for e in ends], ddof=1)
        told = np.mean([getattr(e, error) for e in ends])
        assert 0.6 < told / spread < 1.7


def test_all_assignments_leave_no_monte_carlo_error():
    sample = random_sample(np.random.default_rng(8), {2: 4, NEVER: 4}, 5, rate=2.0)
    found = effect(sample)
    assert found.exact
    assert (found.ci_low_mc_error, found.ci_high_mc_error) == (0, 0)


def test_an_outcome_without_variation_has_no_interval():
    sample = make_sample(np.ones((12, 5)), np.repeat([2, 4, NEVER], 4))
    found = effect(sample)
    assert (found.ci_low, found.ci_high) == (None, None)


def test_an_effect_that_everybody_has_is_covered_at_its_level():
    """Fixed untrained outcomes, redrawn assignments: exact whatever the sizes (4 at the end)."""
    rng = np.random.default_rng(12)
    untrained = random_sample(rng, {3: 14, 5: 14, NEVER: 4}, 6, rate=1.0)
    covered = 0
    for seed in range(400):
        wave = rng.permutation(untrained.wave)
        drawn = make_sample(untrained.outcomes["y"], wave)
        found = effect(supposing(drawn, -0.5), draws=199, seed=seed)
        covered += found.ci_low <= 0.5 <= found.ci_high
    assert 0.92 <= covered / 400 <= 0.98  # 99 % binomial limits around .95 are .922 and .978


def test_a_one_sided_bound_is_where_its_own_test_begins_to_reject():
    """Skewed counts: each bound against one-sided tests of outcomes made from scratch."""
    rng = np.random.default_rng(9)
    y = rng.poisson(rng.gamma(0.4, 3.0, (24, 1)), (24, 6))
    sample = make_sample(y, rng.permutation(np.repeat([3, 5, NEVER], 8)))
    found = effect(sample, draws=800)
    assert found.lower_bound < found.upper_bound
    layout = lay_out(sample)
    contrast = contrast_for(layout, sample.n_periods, "efficient", "simple")
    training = project_training(layout, contrast)

    def p(tau, sign):
        outcome = supposing(sample, tau).outcomes["y"]
        projected = [project(outcome, layout, contrast)]
        observed = statistics(projected, training, layout, [layout.order])[0]
        drawn = np.concatenate(
            [
                statistics(projected, training, layout, block())[0].signed(np.zeros(1))[:, 0]
                for block in random_blocks(layout, 800, 1)
            ]
        )
        hits = (sign * drawn >= sign * observed.signed(np.zeros(1))[0, 0] - 1e-9).sum()
        return (1 + hits) / 801

    step = 0.02 * (found.upper_bound - found.lower_bound)
    assert p(found.lower_bound - step, 1) <= 0.025 < p(found.lower_bound + step, 1)
    assert p(found.upper_bound + step, -1) <= 0.025 < p(found.upper_bound - step, -1)
