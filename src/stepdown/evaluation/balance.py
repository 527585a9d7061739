"""Did the waves look alike before training, as a draw would have made them?"""

from __future__ import annotations

import math

from scipy.stats import norm

from stepdown.evaluation.estimators import Estimate
from stepdown.evaluation.randomization import RandomizationTests
from stepdown.evaluation.results import Balance, Randomization

ALARM = 0.01
"""Below this p, waves are said to differ before training more than a draw explains."""


def waves_differ(test: Randomization) -> bool:
    """Tell whether the waves differed before training more than the declared draw explains.

    With few draws p cannot fall below `ALARM`: then the smallest p there is raises the alarm too,
    so that asking for fewer draws never hides a failed draw.
    """
    return test.p_value < ALARM or test.p_value == test.smallest_p <= 0.05


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
        waves_differ=waves_differ(tests.waves) if tests else None,
        pre_periods=pre_periods,
    )
