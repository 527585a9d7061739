import datetime as dt

from stepdown.interop.roster_cells import from_serial, lost_zeros, visible


def test_day_numbers_are_those_of_excel():
    assert from_serial(61) == dt.date(1900, 3, 1)
    assert from_serial(45000) == dt.date(2023, 3, 15)
    assert from_serial(36526) == dt.date(2000, 1, 1)


def test_lost_zeros_are_suspected_only_where_other_numbers_have_them():
    assert (
        "2 numbers have fewer than 4 digits" in lost_zeros(["0012", "0345", "1234", "7", "89"])[0]
    )
    assert lost_zeros(["1234", "345", "1111"]) == []
    assert lost_zeros(["0012", "0345"]) == []
    assert lost_zeros(["A1", "B22"]) == []
    assert lost_zeros([]) == []


def test_hidden_characters_are_shown_by_their_code_and_long_cells_cut():
    assert visible("a\u202eb") == "a‹U+202E›b"
    assert len(visible("x" * 500)) == 60
