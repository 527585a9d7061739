import numpy as np

from stepdown.evaluation.compliance import compliance
from stepdown.incidents.panel import NEVER


def test_everybody_due_in_the_window_is_counted_once():
    assigned = np.array([3, 3, 3, 3, 3, 9, NEVER, np.nan])
    trained = np.array([3, 5, 2, np.nan, 8, np.nan, 4, 4])
    found = compliance(assigned, trained, n_periods=6)
    assert (found.assigned, found.on_time, found.early, found.late) == (5, 1, 1, 1)
    assert found.never_trained == 2  # not at all, or only after the data end
    assert found.trained_though_held_back == 1
    assert found.median_delay == 0.0


def test_without_anybody_trained_there_is_no_delay():
    found = compliance(np.array([3.0]), np.array([np.nan]), n_periods=6)
    assert (found.never_trained, found.median_delay) == (1, None)
