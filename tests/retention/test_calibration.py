from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import t

from stepdown.retention.calibration import _bin, calibration
from stepdown.retention.prior import prior_of, shipped
from stepdown.retention.recall import Parameters
from stepdown.retention.refit import unfitted
from tests.retention.cases import simulated

CUTS = [date(2026, 3, 1) + timedelta(days=91 * n) for n in range(16)]


@pytest.fixture(scope="module")
def prior():
    return prior_of(shipped(), ["position", "listening"])


def test_people_who_forget_as_the_model_says_are_predicted_without_bias(prior):
    given = simulated(1, prior.parameters, people=400, tests=3)
    found = calibration(given, unfitted(prior), CUTS)
    assert found.tests > 1500
    assert abs(found.bias) < 0.02
    assert found.error < 0.2
    assert np.diff([b.predicted for b in found.bins]).min() > 0
    assert np.diff([b.observed for b in found.bins]).max() > 0
    assert np.mean([b.low <= b.predicted <= b.high for b in found.bins]) >= 0.5


def test_people_who_forget_sooner_than_held_show_a_bias(prior):
    truth = prior.mean.copy()
    truth[:2] -= 1.0
    given = simulated(2, Parameters.of(truth), people=200, tests=2)
    assert calibration(given, unfitted(prior), CUTS).bias < -0.05


def test_a_prediction_knows_no_score_of_its_own_day_or_later(prior):
    given = simulated(3, prior.parameters, people=40, tests=2)
    found = calibration(given, unfitted(prior), CUTS[:1])
    later = given.first[:, None] + np.nan_to_num(given.days).astype("timedelta64[D]")
    other = np.where(later > np.datetime64("2026-03-01"), 0.5, given.score)
    changed = calibration(replace(given, score=other), unfitted(prior), CUTS[:1])
    predicted = [b.predicted for b in found.bins]
    assert [b.predicted for b in changed.bins] == pytest.approx(predicted)


def test_the_same_score_in_seven_techniques_is_one_piece_of_news_about_a_person():
    r = np.random.default_rng(5)
    scores, people = r.uniform(0.5, 1, 40), np.arange(40)
    once = _bin(scores, scores, people)
    seven = _bin(np.tile(scores, 7), np.tile(scores, 7), np.tile(people, 7))
    assert (seven.low, seven.high) == pytest.approx((once.low, once.high))
    reach = once.high - once.observed
    assert reach == pytest.approx(t.ppf(0.975, 39) * scores.std(ddof=1) / np.sqrt(40))


def test_without_a_test_after_a_cut_there_is_nothing_to_say(prior):
    given = simulated(4, prior.parameters, people=5, tests=1)
    assert calibration(given, unfitted(prior), [date(2040, 1, 1)]) is None
    assert calibration(given, unfitted(prior), [date(2020, 1, 1)]) is None
