from __future__ import annotations

import time
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pytest

from stepdown.incidents.panel import NEVER
from stepdown.incidents.ready import panel_from_columns, read_panel
from stepdown.incidents.sources import PanelData
from stepdown.incidents.tables import read_table

SOURCE = PanelData(
    panel="p.csv",
    unit="who",
    period="month",
    assigned="due",
    trained="done",
    exposure="hours",
    strata="area",
    cluster="squad",
)
GOOD = {
    "who": [7, 7, 7, 12, 12, 12],
    "month": ["2021-11", "2021-12", "2022-01"] * 2,
    "due": ["2021-12-15"] * 3 + ["never"] * 3,
    "done": ["2022-01"] * 3 + [None] * 3,
    "hours": [160, 152.5, 0, 8, 8, 8],
    "area": ["N"] * 3 + ["S"] * 3,
    "squad": ["1"] * 6,
    "force": [1, 0, 0, 2, 0, 1],
}


def good(**changes: list) -> dict[str, np.ndarray]:
    return {k: np.array(v, dtype=object) for k, v in {**GOOD, **changes}.items()}


def problems_of(outcomes: tuple[str, ...] = ("force",), **changes: list) -> list:
    return panel_from_columns(good(**changes), SOURCE, outcomes, "p.csv")[1]


def only(found: list):
    assert len(found) == 1, [str(p) for p in found]
    return found[0]


def set_at(column: str, at: int, value: object) -> dict[str, list]:
    cells = list(GOOD[column])
    cells[at] = value
    return {column: cells}


def test_a_good_panel_has_no_problems():
    panel, problems = panel_from_columns(good(), SOURCE, ["force"])
    assert problems == []
    assert panel is not None
    assert panel.units.tolist() == ["7", "12"]
    assert panel.period_labels == ("2021-11", "2021-12", "2022-01")
    assert panel.counts["force"].tolist() == [[1, 0, 0], [2, 0, 1]]
    assert panel.present.all()
    assert panel.assigned.tolist() == [2, NEVER]
    np.testing.assert_array_equal(panel.trained, [3, np.nan])
    assert panel.exposure.tolist() == [[160, 152.5, 0], [8, 8, 8]]
    assert panel.strata.tolist() == ["N", "S"]
    assert panel.cluster.tolist() == ["1", "1"]
    assert panel.files == ()
    assert [(s.rows_in, s.rows_out) for s in panel.account] == [(6, 6)]


def test_rows_may_stand_in_any_order():
    order = [5, 0, 3, 2, 4, 1]
    shuffled = {k: v[order] for k, v in good().items()}
    panel, problems = panel_from_columns(shuffled, SOURCE, ["force"])
    assert problems == []
    assert panel.counts["force"].tolist() == [[1, 0, 0], [2, 0, 1]]
    assert panel.assigned.tolist() == [2, NEVER]


def test_units_may_start_late_and_end_early():
    keep = [1, 2, 3, 4]
    panel, problems = panel_from_columns({k: v[keep] for k, v in good().items()}, SOURCE, ["force"])
    assert problems == []
    assert panel.present.tolist() == [[False, True, True], [True, True, False]]
    assert panel.counts["force"].tolist() == [[0, 0, 0], [2, 0, 0]]


def test_plain_numbers_are_periods_and_need_not_start_at_one():
    columns = {"u": [1, 1, 2, 2], "t": [5.0, 6.0, 5.0, 6.0], "g": [6, 6, np.inf, np.inf],
               "y": [0, 1, 2, 3]}  # fmt: skip
    source = PanelData(panel="x", unit="u", period="t", assigned="g")
    panel, problems = panel_from_columns(columns, source, ["y"])
    assert problems == []
    assert panel.period_labels == ("5", "6")
    assert panel.assigned.tolist() == [2, NEVER]


def test_csv_parquet_and_excel_give_the_same_panel(tmp_path: Path):
    rows = [list(GOOD), *zip(*GOOD.values(), strict=True)]
    lines = [",".join("" if c is None else str(c) for c in row) for row in rows]
    (tmp_path / "p.csv").write_text("\n".join(lines))
    duckdb.sql(f"copy (from '{tmp_path / 'p.csv'}') to '{tmp_path / 'p.parquet'}'")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(tmp_path / "p.xlsx")
    expected, _ = panel_from_columns(good(), SOURCE, ["force"])
    for name in ("p.csv", "p.parquet", "p.xlsx"):
        source = SOURCE.model_copy(update={"panel": name})
        panel, problems = read_panel(source, tmp_path, ["force"])
        assert problems == []
        assert panel.files[0].name == name
        assert panel.units.tolist() == expected.units.tolist()
        assert panel.period_labels == expected.period_labels
        for field in ("present", "assigned", "trained", "exposure", "strata", "cluster"):
            np.testing.assert_array_equal(getattr(panel, field), getattr(expected, field))
        np.testing.assert_array_equal(panel.counts["force"], expected.counts["force"])


def test_problems_in_a_file_name_its_rows_as_seen_in_a_spreadsheet(tmp_path: Path):
    (tmp_path / "p.csv").write_text("u,t,y\na,1,0\na,2,-3\n")
    source = PanelData(panel="p.csv", unit="u", period="t")
    panel, problems = read_panel(source, tmp_path, ["y"])
    assert panel is not None
    assert only(problems).where == "p.csv row 3, column 'y'"
    assert "-3 in row 3" in only(problems).given


def test_a_missing_file_is_a_problem_and_no_panel(tmp_path: Path):
    panel, problems = read_panel(SOURCE, tmp_path, ["force"])
    assert panel is None
    assert str(tmp_path) in only(problems).where


def test_missing_columns_are_all_listed_with_the_closest_name():
    panel, problems = panel_from_columns(good(), SOURCE, ["forse", "injuries"])
    assert panel is not None
    assert panel.counts == {}
    assert [p.where for p in problems] == ["data, header"] * 2
    assert "did you mean 'force'" in problems[0].fix


def test_without_a_unit_column_there_is_no_panel():
    panel, problems = panel_from_columns({"month": [1], "force": [1]}, SOURCE, ["force"])
    assert panel is None
    assert "no column 'who'" in problems[0].given


@pytest.mark.parametrize(
    ("changes", "where", "given"),
    [
        (set_at("who", 0, None), "row 1, column 'who'", "blank in row 1"),
        (set_at("month", 0, None), "row 1, column 'month'", "blank in row 1"),
        (set_at("month", 0, "Nov 21"), "row 1, column 'month'", "'Nov 21' in row 1"),
        (set_at("month", 0, "never"), "row 1, column 'month'", "'never' in row 1"),
        (set_at("force", 1, -2), "row 2, column 'force'", "-2 in row 2"),
        (set_at("force", 1, 0.5), "row 2, column 'force'", "0.5 in row 2"),
        (set_at("force", 1, None), "row 2, column 'force'", "blank in row 2"),
        (set_at("force", 1, "two"), "row 2, column 'force'", "'two' in row 2"),
        (set_at("force", 1, np.inf), "row 2, column 'force'", "inf in row 2"),
        (set_at("hours", 1, -8), "row 2, column 'hours'", "-8 in row 2"),
        (set_at("hours", 1, None), "row 2, column 'hours'", "blank in row 2"),
        (set_at("hours", 0, 0), "row 1, column 'hours'", "0 in row 1"),
        (set_at("due", 2, "soon"), "row 3, column 'due'", "'soon' in row 3"),
        (
            set_at("due", 2, "2022-01-31"),
            "column 'due'",
            "unit 7 has '2021-12-15' in row 1 and '2022-01-31' in row 3",
        ),
        (set_at("due", 2, None), "column 'due'", "and blank in row 3"),
        (set_at("done", 5, "2022-01"), "column 'done'", "unit 12 has blank in row 4"),
        (set_at("area", 2, "W"), "column 'area'", "unit 7 has 'N' in row 1 and 'W' in row 3"),
        ({"area": ["N"] * 3 + [None] * 3}, "column 'area'", "blank for unit 12"),
        (set_at("squad", 2, "2"), "column 'squad'", "unit 7 has 1 in row 1 and 2 in row 3"),
        ({"squad": [None] * 6}, "column 'squad'", "blank for units 7, 12"),
    ],
)  # fmt: skip
def test_a_fault_is_one_problem_that_says_where_and_what(changes, where: str, given: str):
    panel, problems = panel_from_columns(good(**changes), SOURCE, ["force"], "p.csv")
    problem = only(problems)
    assert where in problem.where
    assert given in problem.given
    assert problem.expected
    assert problem.fix
    assert panel is not None


def test_a_unit_period_that_stands_there_twice_is_named_with_its_rows():
    problem = only(problems_of(**set_at("month", 1, "2021-11"), who=[7, 7, 12, 12, 12, 12],
                               due=["never"] * 6, done=[None] * 6, area=["N"] * 6,
                               hours=[1] * 6)[:1])  # fmt: skip
    assert "unit 7 in period 2021-11 (rows 1, 2)" in problem.given


def test_a_hole_between_first_and_last_is_an_error_not_a_zero():
    keep = [0, 2, 3, 4, 5]
    panel, problems = panel_from_columns({k: v[keep] for k, v in good().items()}, SOURCE, ["force"])
    assert "unit 7 in period 2021-12" in only(problems).given
    assert "not a zero" in only(problems).expected
    assert panel.present[0].tolist() == [True, False, True]


def test_a_period_missing_for_everybody_is_a_gap_and_not_a_hole():
    keep = [0, 2, 3, 5]
    _, problems = panel_from_columns({k: v[keep] for k, v in good().items()}, SOURCE, ["force"])
    assert "no row for anybody in 2021-12" in only(problems).given


def test_many_rows_with_one_fault_are_one_problem_with_the_first_few():
    rows = 500
    columns = {"u": np.arange(rows), "t": np.ones(rows), "y": np.full(rows, -1)}
    _, problems = panel_from_columns(columns, PanelData(panel="x", unit="u", period="t"), ["y"])
    assert only(problems).given == "500 rows: -1 in row 1, -1 in row 2, -1 in row 3 and 497 more"


def test_every_problem_is_found_at_once():
    found = problems_of(
        ("force", "deaths"),
        **set_at("force", 0, -1),
        **set_at("hours", 3, None),
        **set_at("due", 0, "soon"),
        **set_at("area", 1, None),
    )
    text = "\n".join(map(str, found))
    for part in ("no column 'deaths'", "-1 in row 1", "blank in row 4", "'soon'", "it changes"):
        assert part in text


def test_year_and_month_in_one_number_are_not_a_period():
    columns = {"u": [1, 1], "t": [202112, 20220101], "y": [0, 0]}
    panel, problems = panel_from_columns(columns, PanelData(panel="x", unit="u", period="t"), ["y"])
    assert panel is None
    assert "YYYY-MM" in only(problems).fix


def test_columns_of_different_length_are_refused():
    panel, problems = panel_from_columns({**good(), "force": [1]}, SOURCE, ["force"])
    assert panel is None
    assert "force: 1" in only(problems).given


def test_no_rows_are_refused():
    none = {name: np.array([], dtype=object) for name in GOOD}
    assert panel_from_columns(none, SOURCE, ["force"])[0] is None


CHICAGO = PanelData(panel="chicago-pj", unit="uid", period="period", assigned="first_trained")
OUTCOMES = ["complaints", "sustained", "force"]


def test_the_chicago_panel_is_read_by_its_registered_name(chicago_file: Path, tmp_path: Path):
    environ = {"STEPDOWN_DATA_DIR": str(chicago_file.parent)}
    panel, problems = read_panel(CHICAGO, tmp_path, OUTCOMES, environ)
    assert problems == []
    assert panel.counts["force"].shape == (7785, 72)
    assert panel.present.all()
    assert panel.counts["complaints"].mean() == pytest.approx(0.03832, abs=1e-5)
    assert panel.files[0].rows == 560_520
    assert set(np.unique(panel.assigned)) <= set(range(1, 73))


def test_the_chicago_panel_is_laid_out_sooner_than_it_is_read_cell_by_cell(
    chicago_file: Path,
):
    columns = read_table(chicago_file, ["uid", "period", "first_trained", *OUTCOMES]).columns
    took, one_by_one = [], []
    for _ in range(3):
        begin = time.process_time()
        panel, _ = panel_from_columns(columns, CHICAGO, OUTCOMES)
        took.append(time.process_time() - begin)
        begin = time.process_time()
        for name in ("uid", "period"):
            [str(cell) for cell in columns[name].tolist()]
        one_by_one.append(time.process_time() - begin)
    assert min(took) < min(one_by_one)  # about 0.05 s and 0.15 s
    cell = np.flatnonzero(columns["force"] > 0)[0]
    row = panel.units.tolist().index(str(columns["uid"][cell]))
    assert panel.counts["force"][row, columns["period"][cell] - 1] == columns["force"][cell]
