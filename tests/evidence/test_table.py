from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stepdown.evidence.table import COLUMNS, add_rows, as_csv, read_evidence, shipped_table
from stepdown.problems import InputProblems
from tests.evidence.rows import another, cells, write


def problems_of(*paths: Path) -> list[str]:
    with pytest.raises(InputProblems) as caught:
        read_evidence(*paths)
    return [str(p) for p in caught.value.problems]


def test_the_shipped_table_is_right_and_written_as_read() -> None:
    evidence = read_evidence()
    assert len(evidence.rows) >= 100
    assert as_csv(evidence.rows) == shipped_table().read_text("utf-8")


def test_every_row_has_a_source_and_unverified_rows_carry_no_number() -> None:
    for row in read_evidence().rows:
        assert row.link.startswith(("https://", "http://"))
        if row.confidence == "unverified":
            assert row.effect is None, row.id


def test_all_mistakes_come_at_once_with_their_lines(tmp_path: Path) -> None:
    table = write(
        tmp_path / "t.csv", cells(), cells(source=""), another(1, effect="oops"),
        another(2, year="3000", confidence="sure"), another(3, study="one"),
    )  # fmt: skip
    found = problems_of(table)
    assert [p.splitlines()[0] for p in found] == [
        "t.csv line 3, source",
        "t.csv line 4, effect",
        "t.csv line 5, year",
        "t.csv line 5, confidence",
        "t.csv line 6",
    ]
    assert "one prespecified row per study and outcome group" in found[-1]
    assert "t.csv line 2" in found[-1]


def test_a_row_given_twice_is_named_with_its_twin(tmp_path: Path) -> None:
    found = problems_of(write(tmp_path / "t.csv", cells(), cells()))
    assert any("the id one_force, as in t.csv line 2" in p for p in found)
    renamed = cells(id="other_id", prespecified="no")
    found = problems_of(write(tmp_path / "u.csv", cells(), renamed))
    assert any("every finding once" in p for p in found)


def test_lines_are_right_where_a_cell_holds_a_line_break(tmp_path: Path) -> None:
    table = write(tmp_path / "t.csv", another(1, title="two\nlines"), another(2, year="x"))
    found = problems_of(table)
    assert [p.splitlines()[0] for p in found] == ["t.csv line 2, title", "t.csv line 4, year"]


def test_wrong_headers_are_named_and_nothing_else_is_said(tmp_path: Path) -> None:
    columns = tuple("autors" if c == "authors" else c for c in COLUMNS)
    one = {("autors" if k == "authors" else k): v for k, v in cells().items()}
    found = problems_of(write(tmp_path / "t.csv", one, columns=columns))
    assert len(found) == 2
    assert "did you mean `authors`?" in found[0]
    assert "column `authors` missing" in found[1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a header with the columns"),
        (b"id,study\n\xff\xfe", "is not UTF-8"),
        ((",".join(COLUMNS) + '\n"open').encode(), "a table (CSV)"),
        ((",".join(COLUMNS) + "\na,b\n").encode(), "2 cells"),
        (b"x" * 5_000_001, "at most 5,000,000 bytes"),
    ],
)
def test_a_file_that_is_no_table_is_one_clear_error(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert any(message in p for p in problems_of(path))


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    assert "No such file" in problems_of(tmp_path / "no.csv")[0]


def test_a_byte_order_mark_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    table = write(tmp_path / "t.csv", cells())
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes() + b"\r\n\r\n")
    assert [r.id for r in read_evidence(table).rows] == ["one_force"]


def test_adding_writes_all_rows_or_none(tmp_path: Path) -> None:
    mine = tmp_path / "mine" / "studies.csv"
    add_rows(write(tmp_path / "a.csv", another(1), another(2)), mine, [shipped_table()])
    assert [r.study for r in read_evidence(mine).rows] == ["s01x", "s02x"]
    before = mine.read_bytes()
    with pytest.raises(InputProblems, match=r"b\.csv line 3"):
        add_rows(write(tmp_path / "b.csv", another(3), another(4, year="x")), mine)
    with pytest.raises(InputProblems, match=r"as in studies\.csv line 2"):
        add_rows(write(tmp_path / "c.csv", another(3), another(1)), mine)
    assert mine.read_bytes() == before
    add_rows(write(tmp_path / "d.csv", another(5)), mine)
    assert len(read_evidence(shipped_table(), mine).rows) == len(read_evidence().rows) + 3


def test_a_row_that_is_in_the_shipped_table_is_not_added_beside_it(tmp_path: Path) -> None:
    known = read_evidence().rows[0]
    file = tmp_path / "a.csv"
    file.write_text(as_csv([known]), encoding="utf-8")
    with pytest.raises(InputProblems, match=known.id):
        add_rows(file, tmp_path / "mine.csv", [shipped_table()])
    assert not (tmp_path / "mine.csv").exists()


def test_field_and_row_mistakes_of_one_row_come_together(tmp_path: Path) -> None:
    found = problems_of(write(tmp_path / "t.csv", cells(year="3000", low="9", bias="odd")))
    text = " ".join(found)
    assert "year" in text
    assert "low <= effect <= high" in text
    assert "bias `odd`" in text


def test_the_same_publication_under_two_names_is_noticed(tmp_path: Path) -> None:
    twin = another(1, doi="10.1000/ONE")
    found = problems_of(write(tmp_path / "t.csv", cells(), twin))
    assert "a publication is one study" in found[0]


def test_semicolons_are_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(";".join(COLUMNS) + "\n")
    assert len(problems_of(path)) == 1


def test_a_file_without_rows_adds_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputProblems, match="no rows"):
        add_rows(write(tmp_path / "t.csv"), tmp_path / "mine.csv")
    assert not (tmp_path / "mine.csv").exists()


def test_a_study_shipped_later_takes_the_place_of_ones_own(tmp_path: Path) -> None:
    mine = write(tmp_path / "mine.csv", cells(), another(1))
    shipped = write(tmp_path / "shipped.csv", cells(published="as shipped"))
    rows = read_evidence(shipped, mine, first_wins=True).rows
    assert [(r.id, r.published) for r in rows] == [("one_force", "as shipped"),
                                                   ("s01x_force", "finding 1")]  # fmt: skip


def test_additions_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    files = [write(tmp_path / f"{n}.csv", another(n)) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda f: add_rows(f, mine), files))
    assert len(read_evidence(mine).rows) == 8
