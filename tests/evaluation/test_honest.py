import numpy as np
import pytest

from stepdown.evaluation import honest
from stepdown.evaluation.honest import _bounds, relative_magnitudes
from stepdown.evaluation.moments import cell_moments, lay_out
from stepdown.incidents.panel import NEVER

from .rollouts import random_sample


def moments(seed=1):
    sizes = {12: 80, 15: 80, NEVER: 80}
    sample = random_sample(np.random.default_rng(seed), sizes, 22, rate=1.0)
    return cell_moments(sample.outcomes["y"], lay_out(sample))


def test_more_departure_gives_a_wider_interval_around_the_estimate():
    half, one = relative_magnitudes(moments())
    assert one.ci_low < half.ci_low < half.estimate == one.estimate < half.ci_high < one.ci_high


def test_without_noise_the_bounds_are_those_of_the_definition():
    """Spans 0.3, 0.1 before and 1, 2 after: the largest step before is 0.2."""
    values, tiny = np.array([0.3, 0.1, 1.0, 2.0]), 1e-14 * np.eye(4)
    for m in (0.5, 1.0):
        # After p spans trends may have moved by p steps, so their mean by 1.5 of them.
        reach = 1.5 * m * 0.2
        assert _bounds(values, tiny, 2, m) == pytest.approx((1.5 - reach, 1.5 + reach), abs=1e-5)


def test_too_short_a_past_says_so():
    sample = random_sample(np.random.default_rng(2), {5: 20, NEVER: 20}, 12)
    rows = relative_magnitudes(cell_moments(sample.outcomes["y"], lay_out(sample)))
    assert all("fewer than two spans" in row.reason for row in rows)


def test_without_the_library_the_row_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(honest, "find_spec", lambda name: None)
    assert "stepdown[sensitivity]" in relative_magnitudes(moments())[0].reason
