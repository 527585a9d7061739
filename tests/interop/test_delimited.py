import codecs

import pytest

from stepdown.interop.delimited import (
    MOST_BYTES,
    MOST_ROWS,
    armed,
    disarmed,
    read_delimited,
    write_delimited,
)
from stepdown.problems import InputProblems

TEXT = "id;name\n1;Zoë Ünal\n\n2;\u201cQuoted\u201d\n"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8"),
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-32"), "utf-32-le"),
        (TEXT.encode("windows-1252"), "windows-1252"),
    ],
)
def test_every_encoding_that_offices_write_gives_the_same_text(raw, encoding):
    found = read_delimited(raw)
    assert found.encoding == encoding
    assert found.header == ("id", "name")
    assert [(r.number, r.cells) for r in found.rows] == [
        (2, ("1", "Zoë Ünal")),
        (4, ("2", "\u201cQuoted\u201d")),
    ]


def test_windows_1252_is_told_with_a_word_to_look_at():
    assert "Windows-1252" in read_delimited(TEXT.encode("cp1252")).notes[0]
    assert "'Zoë'" in read_delimited(TEXT.encode("cp1252")).notes[0]


def test_a_word_of_millions_of_letters_is_not_searched_again_from_each_of_them():
    """Looked through from every letter anew, this file would keep its process for days."""
    with pytest.raises(InputProblems, match="larger than field limit"):
        read_delimited(b"id,name\n1," + b"a" * 5_000_000 + b"\n2,\xff\n")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_found_in_the_header(mark):
    raw = f'id{mark}"a,b;c|d"{mark}unit\n1{mark}x{mark}y\n'.encode()
    found = read_delimited(raw)
    assert found.separator == mark
    assert found.rows[0].cells == ("1", "x", "y")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(ends):
    assert len(read_delimited(f"id,name{ends}1,a{ends}2,b{ends}".encode()).rows) == 2


@pytest.mark.parametrize(
    ("raw", "given"),
    [
        (b"", "no text"),
        (b"\xef\xbb\xbf\n \n", "no text"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\xff\xfea", "UTF-16"),
        (b"id,name\n1,\x81\n", "WINDOWS-1252"),
        (b"id,name\n1,a\x00b\n", "null"),
        (b'id,name\n1,"never closed\n2,b\n', "unexpected end"),
        (b"id,name\n1,a,b\n2\n", "3 cells"),
        (b"id,ID\n1,2\n", "twice"),
        (b"id,name\n1," + b"x" * 2000 + b"\n", "2,000"),
        (b"," * 500 + b"x\n", "501 columns"),
        (b"id,name\n" + b"1,a\n" * (MOST_ROWS + 1), "more than 50,000"),
        (b"x" * (MOST_BYTES + 1), "bytes"),
    ],
)
def test_what_is_no_whole_table_is_refused_with_a_reason(raw, given):
    with pytest.raises(InputProblems, match=given):
        read_delimited(raw)


def test_blank_cells_that_excel_adds_at_the_end_are_no_problem():
    assert read_delimited(b"id,name,,\n1,a,,,,\n").rows[0].cells == ("1", "a")


def test_all_ragged_rows_are_named_and_no_more_than_200():
    with pytest.raises(InputProblems) as error:
        read_delimited(b"id,name\n" + b"1\n" * 500)
    assert error.value.problems[0].where == "row 2"
    assert len(error.value.problems) == 201
    assert error.value.problems[-1].given == "300 more problems"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-x", "@SUM(A1)", "\tx", "＝1", "'=1", "''=1"])
def test_formulas_are_disarmed_and_come_back(cell):
    assert disarmed(cell) == f"'{cell}"
    assert armed(disarmed(cell)) == cell


@pytest.mark.parametrize("cell", ["O'Neil", "'tis", "", "a=b", "12"])
def test_plain_cells_are_left_as_they_are(cell):
    assert disarmed(cell) == armed(cell) == cell


def test_what_is_written_opens_in_excel_and_is_read_back():
    raw = write_delimited(("id", "name"), [("1", '=HYPERLINK("x")'), ("2", "Zoë, \u0645")])
    assert raw.startswith(codecs.BOM_UTF8)
    assert b"\n=" not in raw
    assert [r.cells[1] for r in read_delimited(raw).rows] == ['\'=HYPERLINK("x")', "Zoë, \u0645"]
