import datetime as dt
import json

import pytest

from stepdown.problems import InputProblems
from stepdown.retention.rollout_record import (
    Actual,
    Rollout,
    read_rollout,
    record_actual,
    rollout_text,
)
from tests.retention.test_rollout import drawn

NOW = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


def entry(unit="U00", day=dt.date(2026, 3, 9), at=NOW, note=""):
    return Actual(unit, day, at, "R. Coordinator", note)


def test_actual_dates_stand_beside_the_drawn_ones_and_history_only_grows():
    start = Rollout(drawn())
    one = record_actual(start, entry())
    two = record_actual(one, entry(day=dt.date(2026, 3, 16), note="moved by a storm"))
    assert start.actual == ()
    assert two.actual[0] == one.actual[0]
    assert two.trained() == {"U00": dt.date(2026, 3, 16)}
    assert two.draw == start.draw
    assert record_actual(two, entry(day=None)).trained() == {}


@pytest.mark.parametrize(
    ("given", "where"),
    [
        (entry(unit="other"), "unit"),
        (entry(day=dt.date(2026, 7, 2)), "day"),
        (entry(day=dt.date(2026, 1, 14)), "day"),
        (entry(at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), day=None), "recorded_at"),
        (entry(at=NOW.replace(tzinfo=None)), "recorded_at"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(given, where):
    with pytest.raises(InputProblems) as error:
        record_actual(Rollout(drawn()), given)
    assert [p.where for p in error.value.problems] == [where]


def test_an_entry_made_before_the_last_one_is_refused():
    rollout = record_actual(Rollout(drawn()), entry())
    with pytest.raises(InputProblems, match="recorded_at"):
        record_actual(rollout, entry(at=NOW - dt.timedelta(seconds=1)))


def test_a_rollout_is_written_and_read_back_the_same():
    rollout = record_actual(Rollout(drawn(units=24, strata=("Nord", "山"))), entry(note="ü"))
    assert read_rollout(rollout_text(rollout)) == rollout
    assert rollout_text(read_rollout(rollout_text(rollout))) == rollout_text(rollout)


def changed(change):
    values = json.loads(rollout_text(Rollout(drawn())))
    change(values)
    return json.dumps(values)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda v: v["draw"]["assigned"][0].__setitem__(2, 9), "unit U00"),
        (lambda v: v["draw"].update(seed=18), "the seed gives another wave"),
        (lambda v: v["draw"].update(drawn_at="2026-01-14T10:00:00+00:00"), "draw_digest"),
        (lambda v: v["draw"].update(drawn_at="2027-01-14T10:00:00+00:00"), "before the first"),
        (lambda v: v["draw"]["plan"]["units"].pop(), "input_digest"),
        (lambda v: v["draw"].update(drawn_at="2026-01-14T10:00:00"), "timezone"),
        (lambda v: v.update(kind="other"), "stepdown rollout 1"),
        (lambda v: v.pop("draw"), "the field `draw`"),
    ],
)
def test_a_record_that_was_changed_is_refused(change, said):
    with pytest.raises(InputProblems, match=said):
        read_rollout(changed(change))


@pytest.mark.parametrize("text", ["", "null", "[]", "{", "[" * 10_000, '{"kind": 1e999}'])
def test_what_is_no_rollout_is_refused(text):
    with pytest.raises(InputProblems):
        read_rollout(text)
