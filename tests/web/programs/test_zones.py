from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from stepdown.web.programs.zones import NoSuchTime, begins, day_of, moments, month_of

CHICAGO = ZoneInfo("America/Chicago")


def test_a_time_is_one_moment_on_an_ordinary_day():
    assert moments(date(2026, 3, 2), time(9), CHICAGO) == (datetime(2026, 3, 2, 15, tzinfo=UTC),)


def test_a_time_over_which_clocks_are_set_forward_does_not_exist():
    with pytest.raises(NoSuchTime):
        moments(date(2026, 3, 8), time(2, 30), CHICAGO)
    assert moments(date(2026, 3, 8), time(3), CHICAGO) == (datetime(2026, 3, 8, 8, tzinfo=UTC),)


def test_a_time_over_which_clocks_are_set_back_is_two_moments_in_their_order():
    first, second = moments(date(2026, 11, 1), time(1, 30), CHICAGO)
    assert first == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert second == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


def test_a_day_is_that_of_the_zone():
    assert day_of(datetime(2026, 3, 2, 5, 59, tzinfo=UTC), CHICAGO) == date(2026, 3, 1)
    assert begins(date(2026, 3, 2), CHICAGO) == datetime(2026, 3, 2, 6, tzinfo=UTC)


def test_a_month_is_as_long_as_clocks_make_it():
    first, after = month_of(date(2026, 3, 17), CHICAGO)
    assert first == datetime(2026, 3, 1, 6, tzinfo=UTC)
    assert after == datetime(2026, 4, 1, 5, tzinfo=UTC)
    assert month_of(date(2026, 12, 31), CHICAGO)[1] == datetime(2027, 1, 1, 6, tzinfo=UTC)
