import datetime as dt

import pytest

from stepdown.interop.roster_dates import day_in, likely_orders


def test_a_date_is_read_in_the_order_that_is_said():
    assert day_in("04/05/2026", "mdy") == dt.date(2026, 4, 5)
    assert day_in("04.05.2026", "dmy") == dt.date(2026, 5, 4)
    assert day_in("2026-04-05", "dmy") is None
    with pytest.raises(ValueError, match="month"):
        day_in("31/12/2026", "mdy")


@pytest.mark.parametrize(
    ("dates", "chosen", "orders"),
    [
        (["9/19/2013", "3/31/2014", "1/2/2015"], None, ("mdy",)),
        (["19/9/2013", "31/3/2014", "1/2/2015"], None, ("dmy",)),
        (["9/19/2013", "3/31/2014", "1/2/2015"], "dmy", ("mdy",)),
        (["9/19/2013", "3/31/2014", "1/2/2015"], "mdy", ()),
        (["1/2/2015", "3/4/2015"], None, ("mdy", "dmy")),
        (["1/2/2015", "3/4/2015"], "dmy", ()),
        (["2015-01-02", "2016-01-02", "1/2/2015"], None, ()),
        (["99/99/2015", "98/98/2015"], None, ()),
        (["", "soon"], None, ()),
        ([], None, ()),
    ],
)
def test_the_order_of_most_dates_is_told_where_as_chosen_they_cannot_be_read(dates, chosen, orders):
    assert likely_orders(dates, chosen) == orders
