from __future__ import annotations

import itertools

import numpy as np
import pytest

from stepdown.evaluation.same_scene.permutation import Timing, permutation_test, permutation_tests
from stepdown.evaluation.same_scene.scenes import informative
from stepdown.evaluation.same_scene.simulate import Truth, simulate_agency

ROW_DAY = np.array([1.0, 2, 3, 1, 4, 2, 3, 5])
OFFICER = np.array([0, 0, 0, 1, 1, 2, 2, 2])
DAYS = np.array([2.0, 4.0, np.inf])
VALUE = np.array([0.5, -1.0, 2.0, 3.0, -0.7, 0.1, 0.9, -2.2])


def statistic(training_day):
    return VALUE[training_day[OFFICER] <= ROW_DAY].sum()


def test_the_statistic_sums_the_rows_on_or_after_the_training_day():
    timing = Timing(ROW_DAY, OFFICER, DAYS, np.zeros(3, dtype=np.int64))
    assert permutation_test(timing, VALUE, 10, 1).statistic == pytest.approx(statistic(DAYS))
    assert timing.trained().tolist() == [False, True, True, False, True, False, False, False]


def test_permutations_are_those_of_enumerating_all():
    timing = Timing(ROW_DAY, OFFICER, DAYS, np.zeros(3, dtype=np.int64))
    every = [statistic(DAYS[list(p)]) for p in itertools.permutations(range(3))]
    found = permutation_test(timing, VALUE, 6000, 1)
    assert found.expected == pytest.approx(np.mean(every), abs=0.08)
    middle = np.mean(every)
    exact = np.mean([abs(v - middle) >= abs(statistic(DAYS) - middle) - 1e-9 for v in every])
    assert found.p_value == pytest.approx(exact, abs=0.03)


def test_days_are_permuted_within_strata_alone():
    alone = Timing(ROW_DAY, OFFICER, DAYS, np.array([0, 1, 2]))
    assert permutation_test(alone, VALUE, 50, 1).p_value == 1.0
    pair = Timing(ROW_DAY, OFFICER, DAYS, np.array([0, 1, 0]))
    swapped = statistic(DAYS[[2, 1, 0]])
    found = permutation_test(pair, VALUE, 400, 1)
    assert found.expected == pytest.approx((statistic(DAYS) + swapped) / 2, abs=0.4)


def test_the_same_seed_gives_the_same_p_value():
    timing = Timing(ROW_DAY, OFFICER, DAYS, np.zeros(3, dtype=np.int64))
    assert permutation_test(timing, VALUE, 99, 5) == permutation_test(timing, VALUE, 99, 5)


def test_both_tests_keep_their_size_and_see_a_real_difference():
    rejected = {truth: [0, 0] for truth in ("none", "beta", "attends")}
    truths = {"none": Truth(), "beta": Truth(beta=-0.8), "attends": Truth(attends=0.8)}
    for name, truth in truths.items():
        for seed in range(60):
            agency = simulate_agency(np.random.default_rng(seed), 60, 300, truth)
            found = permutation_tests(
                agency.scenes, informative(agency.scenes), agency.timing, 199, seed
            )
            rejected[name][0] += found.attendance.p_value <= 0.05
            rejected[name][1] += found.levels.p_value <= 0.05
    # 60 tests at 5 %: more than 9 rejections come by chance once in 2,000.
    assert max(rejected["none"]) <= 9
    assert rejected["beta"][0] <= 9
    assert rejected["beta"][1] >= 50
    assert rejected["attends"][0] >= 50
