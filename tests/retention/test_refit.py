from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import OptimizeResult

from stepdown.problems import InputProblems
from stepdown.retention.history import Histories
from stepdown.retention.prior import prior_of, shipped
from stepdown.retention.recall import Parameters
from stepdown.retention.refit import _Follow, of_others, refit, unfitted
from stepdown.retention.scored import step_of
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
    fit = refit(simulated(2, Parameters.of(truth), people=150, tests=4), prior)
    assert np.abs(fit.mean - truth)[:3].max() < 0.2
    moved = {m.name: m for m in fit.moved}
    assert moved["stability of position"].estimated
    assert moved["stability of position"].surer > 0.7
    assert moved["stability of position"].after[2] < moved["stability of position"].before[1]


def test_a_technique_without_retests_stays_with_the_prior_but_for_what_it_shares(prior):
    truth = prior.mean.copy()
    truth[:3] -= 0.8
    given = simulated(3, Parameters.of(truth), people=100, tests=3)
    given.score[given.technique == 2] = np.nan
    fit = refit(given, prior)
    named = dict(zip(prior.names, fit.estimated, strict=True))
    assert named["stability of position"]
    assert not named["stability of options"]
    assert not named["growth of options"]
    pulled = fit.mean[2] - prior.mean[2]
    assert -0.8 < pulled < -0.1
    assert fit.covariance[2, 2] > 4 * fit.covariance[0, 0]


def test_a_technique_that_was_not_there_is_told_what_it_would_have_been(prior):
    truth = prior.mean.copy()
    truth[:3] -= 0.8
    given = simulated(3, Parameters.of(truth), people=60, tests=3)
    given.score[given.technique == 2] = np.nan
    whole = refit(given, prior)
    two = prior_of(shipped(), NAMES[:2])
    fewer = refit(replace(given.rows(given.technique < 2), techniques=NAMES[:2]), two)
    told = of_others(fewer, prior)
    assert told.mean == pytest.approx(whole.mean, abs=1e-3)
    assert np.diag(told.covariance) == pytest.approx(np.diag(whole.covariance), rel=1e-2)
    assert (told.estimated == whole.estimated).all()
    assert told.mean[2] < prior.mean[2] - 0.1


def test_techniques_that_are_dropped_leave_the_others_as_they_are(prior):
    fit = refit(simulated(4, prior.parameters, people=60, tests=2), prior)
    told = of_others(fit, prior_of(shipped(), ["options", "position"]))
    kept = [fit.prior.names.index(name) for name in told.prior.names]
    assert told.mean == pytest.approx(fit.mean[kept])
    assert told.covariance == pytest.approx(fit.covariance[np.ix_(kept, kept)])


def test_people_who_are_handed_over_in_another_order_give_the_same(prior):
    given = simulated(4, prior.parameters, people=60, tests=2)
    turned = given.rows(np.arange(len(given.person))[::-1])
    assert refit(given, prior).mean == pytest.approx(refit(turned, prior).mean, abs=1e-4)


def agency(scores, people=40, techniques=3, gap=180):
    """Return an agency whose people are tested every half year, with these scores in turn."""
    tests = scores.size // (people * techniques)
    shape = (people * techniques, tests + 1)
    days = np.tile(np.arange(tests + 1.0) * gap, (shape[0], 1))
    given = np.column_stack([np.full(shape[0], np.nan), scores.reshape(shape[0], tests)])
    return Histories(
        tuple(f"p{n:02}" for n in range(people)), NAMES[:techniques],
        np.repeat(np.arange(people), techniques), np.tile(np.arange(techniques), people), days,
        given, np.ones(shape), np.full(shape[0], np.datetime64("2026-01-01")), 0, step_of(given),
    )  # fmt: skip


@pytest.mark.parametrize("level", [1.0, 0.75, 0.6])
def test_what_people_reach_is_not_taken_for_what_they_forget(prior, level):
    truth = prior.mean.copy()
    truth[:3] = np.log(2000)
    truth[9:12] = np.log(level)
    given = simulated(8, Parameters.of(truth), people=60, tests=3, points=4)
    fit = refit(given, prior)
    sd = np.sqrt(np.diag(fit.covariance))
    assert np.exp(fit.mean[:3]).min() > 250
    assert np.exp(fit.mean[9:12]) == pytest.approx(level, abs=0.08)
    assert (np.abs(fit.mean - truth)[:3] < 4 * sd[:3]).all()


@pytest.mark.parametrize(
    "score", [0.0, 0.5, 0.8, 1.0, (0.3, 0.1), (0.5, 0.1), (0.5, 0.4)],
)  # fmt: skip
def test_whatever_scores_there_are_something_finite_comes_of_them(prior, score):
    r = np.random.default_rng(9)
    mean, sd = score if isinstance(score, tuple) else (score, 0.0)
    scores = np.clip(np.round(r.normal(mean, sd, 40 * 3 * 2), 2), 0, 1)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        fit = refit(agency(scores), prior)
    assert np.isfinite(fit.mean).all()
    assert (np.diag(fit.covariance) > 0).all()
    assert (np.abs(fit.mean - prior.mean) <= 5.1 * np.sqrt(np.diag(prior.covariance))).all()


def test_one_person_who_is_tested_all_the_time_breaks_nothing(prior):
    scores = np.random.default_rng(10).choice([0.5, 0.75, 1.0], 120)
    fit = refit(agency(scores, people=1, techniques=1, gap=7), prior_of(shipped(), NAMES[:1]))
    assert np.isfinite(fit.mean).all()


def test_a_search_that_does_not_arrive_leaves_the_prior_and_says_so(prior, monkeypatch):
    monkeypatch.setattr("stepdown.retention.refit._STEEPEST", -1.0)
    stuck = OptimizeResult(x=prior.mean, fun=0.0, jac=np.zeros(15), success=False)
    monkeypatch.setattr(_Follow, "search", lambda *_given, **_how: stuck)
    fit = refit(simulated(11, prior.parameters, people=40, tests=1), prior)
    assert not fit.arrived
    assert fit.mean.tolist() == prior.mean.tolist()
    assert not fit.estimated.any()


def test_without_retests_one_holds_the_prior(prior):
    fit = unfitted(prior)
    assert fit.mean.tolist() == prior.mean.tolist()
    assert not any(m.estimated for m in fit.moved)
    assert all(m.surer == 0 for m in fit.moved)


def test_every_shipped_prior_has_a_source_or_is_called_assumed():
    for one in shipped().techniques:
        assert set(one.source) == {"stability", "growth", "decay", "level"}
        assert all("assumed" in source for source in one.source.values())
    assert {t.id for t in shipped().techniques} == {
        "position", "environment", "bearing", "listening", "respect", "clarity", "options",
    }  # fmt: skip
