from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pytest

from stepdown.incidents.tables import read_table
from stepdown.problems import InputProblems

ROWS = [("a", 1, "2021-03-01", 2), ("b", 2, "2021-03-02", 0)]
TEXT = "who,n,day,force\n" + "".join(f"{','.join(map(str, r))}\n" for r in ROWS)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def same(table) -> None:
    assert table.columns["who"].tolist() == ["a", "b"]
    assert table.columns["n"].dtype == np.int64
    assert table.columns["n"].tolist() == [1, 2]
    assert table.columns["day"].astype(str).tolist() == ["2021-03-01", "2021-03-02"]
    assert table.columns["force"].tolist() == [2, 0]
    assert table.n_rows == 2
    assert table.available == ("who", "n", "day", "force")


@pytest.mark.parametrize(
    "content",
    [
        TEXT,
        "\ufeff" + TEXT,
        TEXT.replace(",", ";"),
        TEXT.replace(",", "\t"),
        TEXT.replace(",", "|"),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\r\n", 1),
        TEXT.replace("who,n", '" who ","n"'),
        TEXT.replace("a,1", '" a ",1'),
        TEXT + ",,,\n,,,\n",
        "\n\n" + TEXT + "\n",
        TEXT.encode("utf-16"),
    ],
    ids=["plain", "bom", "semicolon", "tab", "bar", "crlf", "mixed ends", "quoted header",
         "quoted cell", "blank end", "blank lines", "utf-16"],
)  # fmt: skip
def test_a_csv_reads_the_same_however_it_was_saved(tmp_path: Path, content: str | bytes):
    same(read_table(write(tmp_path, "t.csv", content), ["who", "n", "day", "force"]))


def test_a_latin_1_csv_keeps_its_accents(tmp_path: Path):
    path = write(tmp_path, "t.csv", "who,n\nJosé,1\n".encode("latin-1"))
    assert read_table(path, ["who"]).columns["who"].tolist() == ["José"]


def test_parquet_excel_and_csv_give_the_same_table(tmp_path: Path):
    csv = write(tmp_path, "t.csv", TEXT)
    duckdb.sql(f"copy (from '{csv}') to '{tmp_path / 't.parquet'}'")
    book = openpyxl.Workbook()
    for row in [("who ", "n", "day", "force"), *ROWS]:
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    for name in ("t.csv", "t.parquet", "t.xlsx"):
        same(read_table(tmp_path / name, ["who", "n", "day", "force"]))


def test_a_sheet_is_chosen_by_name_and_a_wrong_name_lists_those_there(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.title = "notes"
    book.active.append(["nothing"])
    page = book.create_sheet("data")
    page.append(["who", "n"])
    page.append(["a", 5])
    book.save(tmp_path / "t.xlsx")
    assert read_table(tmp_path / "t.xlsx", ["n"], "data").columns["n"].tolist() == [5]
    with pytest.raises(InputProblems, match="notes, data"):
        read_table(tmp_path / "t.xlsx", ["n"], "dat")


def test_parquet_types_become_the_four_kinds(tmp_path: Path):
    path = tmp_path / "t.parquet"
    duckdb.sql(
        "copy (select 1::utinyint a, true b, 1.50::decimal(5,2) c, date '2021-03-04' d, "
        "timestamp '2021-03-04 05:06:07' e, ' 7 ' f, null::int g, 3.0::float h) "
        f"to '{path}' (format parquet)"
    )
    columns = read_table(path, list("abcdefgh")).columns
    assert "".join(columns[c].dtype.kind for c in "abcdefgh") == "iifMMifi"
    assert str(columns["e"][0]) == "2021-03-04"


def test_only_wanted_columns_are_read_and_missing_ones_are_named_with_the_closest(tmp_path: Path):
    table = read_table(write(tmp_path, "t.csv", TEXT), ["who", "Forces"])
    assert list(table.columns) == ["who"]
    (problem,) = table.missing(["who", "Forces"])
    assert "t.csv, header" in problem.where
    assert "who, n, day, force" in problem.given
    assert "did you mean 'force'" in problem.fix


def test_rows_are_labelled_as_a_person_sees_them(tmp_path: Path):
    csv = write(tmp_path, "t.csv", TEXT)
    assert read_table(csv, ["n"]).row_label(0) == "t.csv row 2"
    duckdb.sql(f"copy (from '{csv}') to '{tmp_path / 't.parquet'}'")
    assert read_table(tmp_path / "t.parquet", ["n"]).row_label(0) == "t.parquet row 1"


def test_the_file_is_identified_by_its_checksum_and_rows(tmp_path: Path):
    source = read_table(write(tmp_path, "t.csv", TEXT), ["n"]).source_file
    assert source.name == "t.csv"
    assert source.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert source.rows == 2


def test_rows_keep_their_order_in_a_large_file(tmp_path: Path):
    lines = "".join(f"{i},officer {i}\n" for i in range(150_000))
    table = read_table(write(tmp_path, "t.csv", "n,who\n" + lines), ["n", "who"])
    np.testing.assert_array_equal(table.columns["n"], np.arange(150_000))
    assert table.columns["who"][149_999] == "officer 149999"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.csv", "", "an empty file"),
        ("t.csv", "who,n\n", "a header and no rows"),
        ("t.csv", "who,n\na,1\nb\nc,1,2\n", "row 3 has 1, row 4 has 3"),
        ("t.csv", "n,n\n1,2\n", "stands in the header twice"),
        ("t.csv", b"PK\x03\x04rest", "an Excel or ZIP file"),
        ("t.xlsx", "who,n\na,1\n", "not an Excel file"),
        ("t.parquet", "who,n\na,1\n", "not a Parquet file"),
        ("t.rda", "who,n\na,1\n", "not an R data file"),
        ("t.pdf", "x", "a file of type '.pdf'"),
        ("t", "x", "a file of type 'none'"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(
    tmp_path: Path, name: str, content: str | bytes, says: str
):
    with pytest.raises(InputProblems) as raised:
        read_table(write(tmp_path, name, content), ["n"])
    (problem,) = raised.value.problems
    assert says in problem.given
    assert name in problem.where


def test_a_missing_file_is_named_with_the_folder_it_was_looked_for_in(tmp_path: Path):
    with pytest.raises(InputProblems) as raised:
        read_table(tmp_path / "gone.csv", ["n"])
    assert raised.value.problems[0].where == f"gone.csv, looked for in {tmp_path}"


def test_a_folder_is_not_a_file(tmp_path: Path):
    with pytest.raises(InputProblems, match="a folder"):
        read_table(tmp_path, ["n"])


def test_the_chicago_file_is_read_whole(chicago_file: Path):
    table = read_table(chicago_file, ["uid", "period", "first_trained", "force", "nothing"])
    assert table.n_rows == 560_520
    assert list(table.columns) == ["uid", "period", "first_trained", "force"]
    assert all(column.dtype == np.int64 for column in table.columns.values())
    assert len(np.unique(table.columns["uid"])) == 7785
    assert table.columns["force"].mean() == pytest.approx(0.0399, abs=1e-4)
    assert table.row_label(0).endswith(".rda row 1")
