import numpy as np
import pytest

from stepdown.evaluation.moments import cell_moments, lay_out
from stepdown.incidents.panel import NEVER

from .rollouts import make_sample, random_sample


def test_cells_hold_size_mean_and_covariance_of_their_units():
    sample = random_sample(np.random.default_rng(1), {3: 5, 4: 7, NEVER: 6}, 4, n_strata=2)
    y = sample.outcomes["y"]
    moments = cell_moments(y, lay_out(sample))
    assert moments.waves.tolist() == [3, 4, NEVER]
    assert moments.wave_sizes.tolist() == [10, 14, 12]
    for c in range(6):
        here = (sample.wave == moments.waves[moments.wave_of_cell[c]]) & (
            sample.stratum == moments.stratum_of_cell[c]
        )
        assert moments.n[c] == here.sum()
        assert moments.mean[c] == pytest.approx(y[here].mean(axis=0))
        assert moments.cov[c] == pytest.approx(np.cov(y[here].T))


def test_a_wave_mean_weighs_strata_by_their_share_of_everybody():
    y = np.array([[1.0], [1.0], [5.0], [5.0], [5.0], [5.0], [9.0], [9.0]])
    wave = [2, 2, 2, 2, NEVER, NEVER, NEVER, NEVER]
    stratum = [0, 0, 1, 1, 1, 1, 0, 0]
    sample = make_sample(np.hstack([y, y]), wave, stratum)
    means = cell_moments(sample.outcomes["y"], lay_out(sample)).wave_means()
    assert means[:, 0].tolist() == [3.0, 7.0]


def test_an_event_free_cell_has_no_covariance_at_all():
    sample = make_sample(np.zeros((4, 3)), [2, 2, 3, 3])
    assert not cell_moments(sample.outcomes["y"], lay_out(sample)).cov.any()
