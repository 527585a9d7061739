import numpy as np
import pytest

from stepdown.evaluation.multiplicity import critical_value, step_down


def slow_step_down(observed, drawn):
    """Adjusted p-values from their definition, draw by draw."""
    left, least, found = list(range(len(observed))), 0.0, {}
    while left:
        best = max(left, key=lambda j: observed[j])
        hits = sum(max(row[j] for j in left) >= observed[best] for row in drawn)
        least = max(least, (1 + hits) / (1 + len(drawn)))
        found[best] = least
        left.remove(best)
    return [found[j] for j in range(len(observed))]


def test_the_adjusted_p_is_that_of_its_definition():
    rng = np.random.default_rng(1)
    for _ in range(20):
        drawn = np.abs(rng.normal(size=(199, 4)))
        observed = np.abs(rng.normal(size=4)) * 1.5
        found = step_down(observed, drawn, exact=False)
        assert found.tolist() == slow_step_down(observed, drawn.tolist())


def test_one_outcome_alone_is_not_adjusted():
    drawn = np.abs(np.random.default_rng(2).normal(size=(999, 1)))
    assert step_down(np.array([1.96]), drawn, exact=False)[0] == pytest.approx(0.05, abs=0.02)


def test_outcomes_that_are_the_same_cost_nothing():
    alone = np.abs(np.random.default_rng(3).normal(size=(999, 1)))
    twice = np.repeat(alone, 2, axis=1)
    observed = np.array([2.0, 2.0])
    adjusted = step_down(observed, twice, exact=False)
    assert adjusted.tolist() == [step_down(observed[:1], alone, exact=False)[0]] * 2


def test_the_multiplier_of_independent_outcomes_is_that_of_sidak():
    drawn = np.abs(np.random.default_rng(4).normal(size=(200_000, 5)))
    assert critical_value(drawn, exact=False) == pytest.approx(2.569, abs=0.02)


def test_too_few_draws_give_no_multiplier():
    assert critical_value(np.ones((10, 2)), exact=False) == np.inf


@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_a_true_null_is_rejected_by_any_outcome_in_at_most_five_percent(correlation):
    """Unequal variances, correlated outcomes, redrawn labels: the family-wise error is held."""
    rng = np.random.default_rng(5)
    n, reps, rejected = 40, 1500, 0
    shared = rng.gamma(1.0, 1.0, (n, 1))
    y = correlation * shared + (1 - correlation) * rng.gamma(0.5, [1, 4, 9], (n, 3))

    def ratios(labels):
        groups = [y[labels], y[~labels]]
        gap = groups[0].mean(axis=0) - groups[1].mean(axis=0)
        return np.abs(gap) / np.sqrt(sum(g.var(axis=0, ddof=1) / len(g) for g in groups))

    base = np.arange(n) < 12
    drawn = np.array([ratios(rng.permutation(base)) for _ in range(499)])
    for _ in range(reps):
        observed = ratios(rng.permutation(base))
        rejected += step_down(observed, drawn, exact=False).min() <= 0.05
    assert 0.03 < rejected / reps < 0.075
