import numpy as np
import pytest
from scipy.stats import norm

from stepdown.evaluation.balance import balance, waves_differ
from stepdown.evaluation.estimators import Estimate
from stepdown.evaluation.results import Randomization


def fit(difference, se):
    return Estimate(0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, pre_difference=difference, pre_se=se)


def test_without_a_draw_the_normal_curve_judges_the_difference():
    found = balance(fit(1.96, 1.0), 3, None)
    assert found.p_value == pytest.approx(2 * norm.sf(1.96))
    assert (found.waves_p_value, found.waves_differ) == (None, None)
    assert found.pre_periods == 3


@pytest.mark.parametrize(("difference", "p"), [(0.0, 1.0), (0.5, 0.0)])
def test_without_variation_any_difference_is_one(difference, p):
    assert balance(fit(difference, 0.0), 3, None).p_value == p
    assert np.isfinite(balance(fit(difference, 0.0), 3, None).p_value)


def a_test(p, smallest):
    return Randomization(draws=50, p_value=p, mc_error=0.0, exact=False, smallest_p=smallest)


def test_few_draws_never_hide_a_failed_draw():
    assert waves_differ(a_test(0.009, 0.0002))
    assert waves_differ(a_test(1 / 51, 1 / 51))
    assert not waves_differ(a_test(2 / 51, 1 / 51))
    assert not waves_differ(a_test(0.1, 0.1))
    assert not waves_differ(a_test(0.011, 0.0002))
