import numpy as np
import pytest

from stepdown.evaluation.contrasts import build_contrast, estimand_weights
from stepdown.evaluation.deciding import Reach, margin_of, range_of, reach_of
from stepdown.evaluation.estimators import Z95, design_covariance, estimate
from stepdown.evaluation.moments import cell_moments, lay_out
from stepdown.evaluation.results import Randomization
from stepdown.incidents.panel import NEVER

from .rollouts import make_sample, random_sample


def fitted(seed=1, rate=1.0, n_strata=1):
    sizes = {3: 30, 5: 30, NEVER: 30}
    sample = random_sample(np.random.default_rng(seed), sizes, 7, rate, n_strata)
    moments = cell_moments(sample.outcomes["y"], lay_out(sample))
    return moments, estimate(moments, "efficient", "simple")


def test_result(low, high):
    return Randomization(
        draws=99, p_value=0.5, mc_error=0, exact=False, smallest_p=0.01, ci_low=low, ci_high=high
    )


test_result.__test__ = False


def test_the_range_is_on_each_side_the_wider_of_the_two():
    _, fit = fitted()
    low, high = fit.ci
    wider = range_of(fit, reach_of(fit, test_result(low - 1, high - 0.01)))
    assert wider.low == pytest.approx(low - 1)
    assert wider.high == pytest.approx(high)


def test_without_a_draw_it_is_the_normal_interval():
    _, fit = fitted()
    found = range_of(fit, reach_of(fit, None))
    assert (found.low, found.high) == pytest.approx(fit.ci)


def test_where_the_test_has_no_end_there_is_no_range():
    _, fit = fitted()
    reach = reach_of(fit, test_result(None, 3.0))
    assert reach is None
    assert range_of(fit, reach).high is None


@pytest.mark.parametrize("share", [-0.1, -0.5, 0.2])
@pytest.mark.parametrize("n_strata", [1, 3])
def test_the_margin_of_a_percentage_is_a_linear_contrast(share, n_strata):
    moments, fit = fitted(n_strata=n_strata)
    weights = estimand_weights("simple", moments.waves, moments.wave_sizes, moments.n_periods)
    contrast = build_contrast(weights, moments.waves, moments.wave_sizes)
    alone = contrast.theta - fit.beta * contrast.pre
    combined = (1 + share) * alone - share * contrast.trained
    value = (combined * moments.wave_means()).sum()
    se = design_covariance(moments, combined[None])[0, 0] ** 0.5
    assert fit.margin(share) == pytest.approx((value, se))
    assert margin_of(fit, Reach(Z95, 3.0), 99.0, share) == pytest.approx(
        (value - Z95 * se, value + 3.0 * se)
    )


def test_the_margin_of_a_number_is_the_range_moved():
    _, fit = fitted()
    low, high = fit.ci
    assert margin_of(fit, Reach(Z95, Z95), -0.2, None) == pytest.approx((low + 0.2, high + 0.2))


@pytest.mark.parametrize("z", [-Z95, Z95, -3.0])
def test_a_percent_ends_where_its_margin_is_that_many_errors_from_zero(z):
    _, fit = fitted()
    value, se = fit.margin(fit.percent_end(z) / 100)
    assert value / se == pytest.approx(-z)


def test_a_percent_of_an_uncertain_baseline_is_wider_than_of_a_known_one():
    _, fit = fitted(rate=0.15)
    known = [100 * end / fit.baseline_mean for end in fit.ci]
    ends = [fit.percent_end(-Z95), fit.percent_end(Z95)]
    assert ends[1] - ends[0] > known[1] - known[0]


def test_a_baseline_that_cannot_be_told_from_zero_gives_no_percent():
    y = np.zeros((30, 4))
    y[0, 3] = y[12, 3] = 1
    sample = make_sample(y, np.repeat([3, NEVER], 15))
    fit = estimate(cell_moments(y, lay_out(sample)), "efficient", "simple")
    assert fit.percent_end(Z95) is None


def test_the_interval_of_a_percent_covers_the_true_percent():
    """Fixed people, redrawn assignments, a true effect of -30 % on everybody."""
    rng = np.random.default_rng(3)
    n, n_periods = 240, 8
    untrained = rng.poisson(rng.gamma(2.0, 1.0, n)[:, None], (n, n_periods)).astype(float)
    trained, waves = 0.7 * untrained, np.repeat([3, 5, NEVER], n // 3)
    covered = 0
    for _ in range(600):
        wave = rng.permutation(waves)
        now = np.arange(1, n_periods + 1) >= wave[:, None]
        sample = make_sample(np.where(now, trained, untrained), wave)
        fit = estimate(cell_moments(sample.outcomes["y"], lay_out(sample)), "efficient", "simple")
        covered += fit.percent_end(-Z95) <= -30 <= fit.percent_end(Z95)
    assert covered / 600 > 0.925  # conservative: effects differ from person to person


def test_a_claim_in_one_direction_asks_for_the_bound_of_its_own():
    _, fit = fitted()
    low, high = fit.ci
    test = test_result(low, high).model_copy(
        update={"lower_bound": low + 0.1, "upper_bound": high + 0.5}
    )
    both, directed = reach_of(fit, test), reach_of(fit, test, directed=True)
    assert range_of(fit, both).high == pytest.approx(high)
    assert range_of(fit, directed).high == pytest.approx(high + 0.5)
    assert range_of(fit, directed).low == pytest.approx(low)
    assert reach_of(fit, test_result(low, high), directed=True) is None
