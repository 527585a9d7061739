import numpy as np
import pytest

from stepdown.evaluation.sample import draw_sample
from stepdown.incidents.panel import NEVER, Panel


def make_panel(counts, assigned, present=None, cluster=None, strata=None):
    counts = np.asarray(counts, float)
    n, t = counts.shape
    text = lambda v: None if v is None else np.array(v, object)  # noqa: E731
    return Panel(
        units=np.array([f"u{i}" for i in range(n)], object),
        period_labels=tuple(str(p) for p in range(1, t + 1)),
        counts={"y": counts},
        present=np.ones((n, t), bool) if present is None else np.asarray(present, bool),
        assigned=np.asarray(assigned, float),
        trained=None,
        exposure=None,
        strata=text(strata),
        cluster=text(cluster),
        files=(),
        account=(),
    )


def test_units_without_a_date_or_absent_in_a_period_are_out_with_a_reason():
    present = np.ones((4, 3), bool)
    present[2, 0] = False
    panel = make_panel(np.ones((4, 3)), [2, np.nan, 3, NEVER], present)
    sample, account = draw_sample(panel, panel.assigned, level="unit", blank_is_never=False)
    assert sample.due.tolist() == [2, NEVER]
    assert sample.events == {"y": 6}
    assert [(s.units_in, s.units_out, s.rows_in, s.rows_out) for s in account] == [
        (4, 3, 11, 8),
        (3, 2, 8, 6),
    ]


def test_blank_dates_can_mean_held_back():
    panel = make_panel(np.ones((3, 3)), [2, np.nan, 3])
    sample, account = draw_sample(panel, panel.assigned, level="unit", blank_is_never=True)
    assert sample.wave.tolist() == [2, NEVER, 3]
    assert account == []


def test_a_date_after_the_window_is_a_comparison_to_the_end():
    panel = make_panel(np.ones((3, 3)), [2, 7, NEVER])
    sample, _ = draw_sample(panel, panel.assigned, level="unit", blank_is_never=False)
    assert sample.wave.tolist() == [2, NEVER, NEVER]
    assert sample.due.tolist() == [2, 7, NEVER]


def test_clusters_become_units_with_their_mean_per_person():
    panel = make_panel(
        [[1, 2], [3, 4], [5, 6]], [2, 2, NEVER], cluster=["a", "a", "b"], strata=["s", "s", "t"]
    )
    sample, _ = draw_sample(panel, panel.assigned, level="cluster", blank_is_never=False)
    assert sample.outcomes["y"].tolist() == [[2, 3], [5, 6]]
    assert sample.wave.tolist() == [2, NEVER]
    assert sample.stratum.tolist() == [0, 1]
    assert sample.strata == ("s", "t")
    assert (sample.n_units, sample.n_people, sample.events) == (2, 3, {"y": 21})


def test_a_later_window_drops_those_already_trained_and_renumbers():
    panel = make_panel(np.arange(20).reshape(4, 5), [2, 3, 4, NEVER])
    sample, _ = draw_sample(panel, panel.assigned, level="unit", blank_is_never=False)
    after = sample.window(3, 5)
    assert after.wave.tolist() == [2, NEVER]
    assert after.outcomes["y"].tolist() == [[12, 13, 14], [17, 18, 19]]
    before = sample.window(1, 3)
    assert before.wave.tolist() == [2, 3, NEVER, NEVER]
    assert before.outcomes["y"].shape == (4, 3)


def test_events_are_those_of_the_analysed_people():
    panel = make_panel([[1, 1], [5, 5]], [2, np.nan])
    sample, _ = draw_sample(panel, panel.assigned, level="unit", blank_is_never=False)
    assert sample.events["y"] == pytest.approx(2)
