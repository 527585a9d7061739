import numpy as np
import pytest

from stepdown.technique.network import Evidence
from stepdown.technique.train.calibrate import calibrate
from stepdown.technique.train.measured import calibration_error


def simulated(n=6000, seed=1):
    rng = np.random.default_rng(seed)
    network, cues = rng.normal(size=(n, 3)), rng.normal(size=(n, 3))
    logit = 1.5 * network + 0.6 * cues + np.array([-2.0, 0.0, -1.0])
    truth = (rng.random((n, 3)) < 1 / (1 + np.exp(-logit))).astype(float)
    truth[:, 2] = 0
    truth[:3, 2] = 1
    return Evidence(np.column_stack([network, np.zeros((n, 4))]), cues), truth


def probabilities(found, fitted):
    logits = found.network[:, :3] * fitted.slope + found.cues * fitted.cue + fitted.offset
    return 1 / (1 + np.exp(-logits))


def test_the_weights_that_made_the_data_come_back():
    found, truth = simulated()
    fitted = calibrate(found, truth)
    assert fitted.slope[:2] == pytest.approx([1.5, 1.5], abs=0.15)
    assert fitted.cue[:2] == pytest.approx([0.6, 0.6], abs=0.1)
    assert fitted.offset[:2] == pytest.approx([-2.0, 0.0], abs=0.15)


def test_probabilities_are_right_as_often_as_they_say():
    found, truth = simulated()
    fresh, fresh_truth = simulated(seed=2)
    given = probabilities(fresh, calibrate(found, truth))
    assert calibration_error(given[:, 0], fresh_truth[:, 0] >= 0.5) < 0.02


def test_a_sum_is_fitted_as_if_yes_and_no_were_equally_common():
    found, truth = simulated()
    as_it_is = probabilities(found, calibrate(found, truth))[:, 0].mean()
    evenly = probabilities(found, calibrate(found, truth, frozenset({0})))[:, 0].mean()
    assert as_it_is == pytest.approx(truth[:, 0].mean(), abs=0.01)
    assert evenly > as_it_is + 0.08


def test_a_rare_output_takes_the_weights_of_all_together():
    found, truth = simulated()
    fitted = calibrate(found, truth)
    assert 0.5 < fitted.slope[2] < 2.5
    assert np.isfinite(fitted.offset[2])
