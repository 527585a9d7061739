from __future__ import annotations

import numpy as np
import pytest

from stepdown.problems import InputProblems
from stepdown.retention.prior import prior_of, shipped
from stepdown.retention.recall import Parameters
from stepdown.retention.refit import refit, unfitted
from tests.retention.cases import simulated

NAMES = ("position", "listening", "options")


@pytest.fixture(scope="module")
def prior():
    return prior_of(shipped(), NAMES)


def test_below_a_hundred_retests_nothing_is_refitted(prior):
    with pytest.raises(InputProblems, match="at least 100"):
        refit(simulated(1, prior.parameters, people=16, tests=2), prior)


def test_many_retests_find_a_truth_that_the_prior_did_not_know(prior):
    truth = prior.mean.copy()
    truth[:3] += [-0.8, -0.5, -0.9]
    fit = refit(simulated(2, Parameters.of(truth), people=500, tests=4), prior)
    assert np.abs(fit.mean - truth)[:3].max() < 0.2
    moved = {m.name: m for m in fit.moved}
    assert moved["stability of position"].estimated
    assert moved["stability of position"].surer > 0.7
    assert moved["stability of position"].after[2] < moved["stability of position"].before[1]


def test_a_technique_without_retests_stays_with_the_prior_but_for_what_it_shares(prior):
    truth = prior.mean.copy()
    truth[:3] -= 0.8
    given = simulated(3, Parameters.of(truth), people=200, tests=3)
    given.score[given.technique == 2] = np.nan
    fit = refit(given, prior)
    named = dict(zip(prior.names, fit.estimated, strict=True))
    assert named["stability of position"]
    assert not named["stability of options"]
    assert not named["growth of options"]
    pulled = fit.mean[2] - prior.mean[2]
    assert -0.8 < pulled < -0.1
    assert fit.covariance[2, 2] > 4 * fit.covariance[0, 0]


def test_people_who_are_handed_over_in_another_order_give_the_same(prior):
    given = simulated(4, prior.parameters, people=60, tests=2)
    turned = given.rows(np.arange(len(given.person))[::-1])
    assert refit(given, prior).mean == pytest.approx(refit(turned, prior).mean, abs=1e-4)


def test_without_retests_one_holds_the_prior(prior):
    fit = unfitted(prior)
    assert fit.mean.tolist() == prior.mean.tolist()
    assert not any(m.estimated for m in fit.moved)
    assert all(m.surer == 0 for m in fit.moved)


def test_every_shipped_prior_has_a_source_or_is_called_assumed():
    for one in shipped().techniques:
        assert "assumed" in one.source
    assert {t.id for t in shipped().techniques} == {
        "position", "environment", "bearing", "listening", "respect", "clarity", "options",
    }  # fmt: skip
