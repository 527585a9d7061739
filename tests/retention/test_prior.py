import numpy as np
import pytest

from stepdown.encounter.review.rubric import domains
from stepdown.retention.prior import prior_of, shipped
from stepdown.retention.recall import GLOBALS, KINDS


def test_every_domain_of_the_rubric_has_a_prior_and_every_number_a_source():
    assert [one.id for one in shipped().techniques] == list(domains())
    for one in (*shipped().techniques, shipped().other):
        assert one.source.keys() == set(KINDS)
        assert all(one.source.values())


def test_numbers_are_logarithms_by_kind_then_technique_then_those_of_all():
    found = prior_of(shipped(), ["listening", "options"])
    assert found.names[:3] == ("stability of listening", "stability of options",
                               "growth of listening")  # fmt: skip
    assert found.names[-len(GLOBALS) :] == GLOBALS
    assert np.exp(found.mean[:2]) == pytest.approx([150, 190])
    assert np.linalg.eigvalsh(found.covariance).min() > 0


def test_techniques_of_a_kind_may_be_off_together():
    found, shared = prior_of(shipped(), ["listening", "options"]), shipped().shared["stability"]
    assert found.covariance[0, 1] == pytest.approx(shared**2)
    assert found.covariance[0, 2] == 0


def test_a_technique_without_a_prior_of_its_own_gets_that_of_any_which_is_no_surer():
    found = prior_of(shipped(), ["listening", "disengagement"])
    assert found.techniques == ("listening", "disengagement")
    own, other = np.diag(found.covariance)[: 2 * len(KINDS)].reshape(-1, 2).T
    assert (other >= own).all()
    assert other[0] > own[0]
    assert found.mean[1] == pytest.approx(np.log(shipped().other.stability.median))


def test_without_techniques_there_are_those_that_have_one_of_their_own():
    assert prior_of(shipped()).techniques == tuple(domains())
    assert prior_of(shipped(), []).techniques == ()


def test_other_medians_of_stability_change_nothing_else():
    found = prior_of(shipped(), ["listening", "options"])
    moved = found.with_stability(np.array([10.0, 20.0]))
    assert np.exp(moved.mean[:2]) == pytest.approx([10, 20])
    assert (moved.mean[2:] == found.mean[2:]).all()
    assert (moved.covariance == found.covariance).all()
