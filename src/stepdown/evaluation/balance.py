"""Did the waves look alike before training, as a draw would have made them?"""

from __future__ import annotations

import math

from scipy.stats import norm

from stepdown.evaluation.estimators import Estimate
from stepdown.evaluation.randomization import RandomizationTests
from stepdown.evaluation.results import Balance


def balance(deciding: Estimate, pre_periods: int, tests: RandomizationTests | None) -> Balance:
    """Summarise the difference before training and, where lots were drawn, test the draw.

    The difference is the deciding estimand's comparison moved to the period before each wave's
    training: under a random draw it is zero on average. The joint test compares all waves' means
    over the `pre_periods` before the first wave.
    """
    if tests is not None:
        p_value = tests.before.p_value
    elif deciding.pre_se > 0:
        p_value = 2 * float(norm.sf(abs(deciding.pre_difference) / deciding.pre_se))
    else:
        p_value = 1.0 if math.isclose(deciding.pre_difference, 0.0, abs_tol=1e-12) else 0.0
    return Balance(
        difference=deciding.pre_difference,
        se=deciding.pre_se,
        p_value=p_value,
        waves_p_value=tests.waves.p_value if tests else None,
        pre_periods=pre_periods,
    )
