import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from stepdown.retention.packing import Catalogue, packed
from stepdown.retention.refresher import Refresher

NOBODY = np.zeros((0, 2), int)


def catalogue(people, refreshers, techniques):
    row = np.arange(people * len(techniques)).reshape(people, len(techniques))
    touches = np.array([[t in r.techniques for t in techniques] for r in refreshers])
    return Catalogue(tuple(refreshers), row, touches, np.array([r.hours for r in refreshers]))


def test_one_longer_refresher_is_taken_if_it_is_worth_more_than_a_short_one_and_idle_hours():
    two = [Refresher("a", "A", 1, ("x",)), Refresher("b", "B", 2, ("y",))]
    found = packed(np.array([[10.0, 19.9]]), catalogue(1, two, "xy"), 2.0, np.full(1, 8.0), NOBODY)
    assert found.tolist() == [[0, 1]]


@pytest.mark.parametrize("people", [3, 12])
@pytest.mark.parametrize("hours", [4.0, 8.0])
def test_with_few_hours_the_best_is_found(people, hours):
    three = [Refresher("a", "A", 1.5, ("x",)), Refresher("b", "B", 2, ("y",)),
             Refresher("c", "C", 3, ("z", "w"))]  # fmt: skip
    given = catalogue(people, three, "xyzw")
    each = np.kron(np.eye(people), given.hours)
    r = np.random.default_rng(0)
    for _ in range(20):
        gains = r.gamma(2, 20, (people, 4)) @ given.touches.T
        found = packed(gains, given, hours, np.full(people, 8.0), NOBODY)
        limits = [LinearConstraint(np.tile(given.hours, people)[None], ub=hours),
                  LinearConstraint(each, ub=8.0)]  # fmt: skip
        best = milp(-gains.ravel(), constraints=limits, integrality=1, bounds=Bounds(0, 1))
        assert gains[found[:, 0], found[:, 1]].sum() >= 0.998 * -best.fun
        assert given.hours[found[:, 1]].sum() <= hours


def test_where_hours_are_short_what_is_forced_comes_in_its_order_and_alone():
    two = [Refresher("a", "A", 1, ("x",)), Refresher("b", "B", 2, ("y",))]
    gains = np.full((5, 2), 50.0)
    forced = np.array([[4, 1], [2, 1], [0, 0], [1, 0]])
    found = packed(gains, catalogue(5, two, "xy"), 3.0, np.full(5, 8.0), forced)
    assert found.tolist() == [[4, 1], [0, 0]]
