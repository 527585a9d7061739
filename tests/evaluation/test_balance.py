import numpy as np
import pytest
from scipy.stats import norm

from stepdown.evaluation.balance import balance
from stepdown.evaluation.estimators import Estimate


def fit(difference, se):
    return Estimate(0.0, 1.0, 1.0, 1.0, 1.0, pre_difference=difference, pre_se=se)


def test_without_a_draw_the_normal_curve_judges_the_difference():
    found = balance(fit(1.96, 1.0), 3, None)
    assert found.p_value == pytest.approx(2 * norm.sf(1.96))
    assert found.waves_p_value is None
    assert found.pre_periods == 3


@pytest.mark.parametrize(("difference", "p"), [(0.0, 1.0), (0.5, 0.0)])
def test_without_variation_any_difference_is_one(difference, p):
    assert balance(fit(difference, 0.0), 3, None).p_value == p
    assert np.isfinite(balance(fit(difference, 0.0), 3, None).p_value)
