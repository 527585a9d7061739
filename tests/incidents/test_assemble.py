from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.incidents.assemble import assemble_panel
from stepdown.incidents.panel import NEVER
from stepdown.incidents.sources import RawData

PEOPLE = """officer,start,end,assigned,trained,area,squad
1,2019-05-01,,2021-02-10,2021-03-02,N,a
2,2021-02-01,2021-03-30,never,,S,a
3,2021-01-01,2021-03-31,2021-09-01,,S,b
"""
INCIDENTS = """officer,date,kind
1,2021-01-31,force
1,2021-01-05,force
1,2021-02-01,injury
2,2021-02-28,force
2,2021-03-01,force
3,2021-03-31,complaint
3,2020-12-31,force
9,2021-02-01,force
"""
HOURS = """officer,month,hours
1,2021-01,100
1,2021-01-20,60
1,2021-02,150
1,2021-03,150
2,2021-02-03,80
2,2021-03,70
3,2021-01,10.5
3,2021-02,20
3,2021-03,30
3,2021-04,30
"""
RAW = {
    "people": {
        "file": "people.csv",
        "unit": "officer",
        "start": "start",
        "end": "end",
        "assigned": "assigned",
        "trained": "trained",
        "strata": "area",
        "cluster": "squad",
    },
    "incidents": [{"file": "incidents.csv", "unit": "officer", "date": "date", "outcome": "kind"}],
    "exposure": {"file": "hours.csv", "unit": "officer", "date": "month", "amount": "hours"},
    "first": "2021-01",
    "last": "2021-03",
}
SOURCE = RawData.model_validate(RAW)
FILES = {"people.csv": PEOPLE, "incidents.csv": INCIDENTS, "hours.csv": HOURS}


def assembled(folder: Path, outcomes=("force", "injury"), source: RawData = SOURCE, **changes: str):
    for name, text in FILES.items():
        (folder / name).write_text(changes.get(name.removesuffix(".csv"), text))
    return assemble_panel(source, folder, outcomes)


def only(found: list):
    assert len(found) == 1, [str(p) for p in found]
    return found[0]


def test_the_panel_counts_what_happened_in_service(tmp_path: Path):
    panel, problems = assembled(tmp_path)
    assert problems == []
    assert panel.units.tolist() == ["1", "2", "3"]
    assert panel.period_labels == ("2021-01", "2021-02", "2021-03")
    assert panel.present.tolist() == [[1, 1, 1], [0, 1, 0], [1, 1, 1]]
    assert panel.counts["force"].tolist() == [[2, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert panel.counts["injury"].tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
    assert panel.exposure.tolist() == [[160, 150, 150], [0, 80, 0], [10.5, 20, 30]]
    assert panel.strata.tolist() == ["N", "S", "S"]
    assert panel.cluster.tolist() == ["a", "a", "b"]


def test_assigned_days_become_the_position_of_their_period(tmp_path: Path):
    panel, _ = assembled(tmp_path)
    assert panel.assigned.tolist() == [2, NEVER, 9]
    np.testing.assert_array_equal(panel.trained, [3, np.nan, np.nan])


def test_the_account_says_what_was_left_out_and_why(tmp_path: Path):
    panel, _ = assembled(tmp_path)
    steps = [(s.step, s.rows_in, s.rows_out, s.units_out) for s in panel.account]
    assert steps == [
        ("people.csv", 3, 3, 3),
        ("incidents.csv", 8, 7, 4),  # the complaint
        ("incidents.csv", 7, 6, 3),  # officer 9
        ("incidents.csv", 6, 5, 2),  # December
        ("incidents.csv", 5, 4, 2),  # officer 2 in March, who left on the 30th
        ("incidents.csv", 4, 4, 2),
        ("hours.csv", 10, 9, 3),  # April
        ("hours.csv", 9, 8, 3),  # officer 2 in March
        ("hours.csv", 8, 8, 3),
    ]
    assert [f.name for f in panel.files] == ["people.csv", "incidents.csv", "hours.csv"]


def test_people_never_in_service_in_the_window_are_not_in_the_panel(tmp_path: Path):
    panel, problems = assembled(tmp_path, people=PEOPLE + "4,2022-01-01,,,,,\n")
    assert problems == []
    assert panel.units.tolist() == ["1", "2", "3"]
    assert (panel.account[0].rows_in, panel.account[0].rows_out) == (4, 3)


def test_several_files_count_together_and_a_file_may_count_as_one_outcome(tmp_path: Path):
    parts = [*RAW["incidents"],
             {"file": "more.csv", "unit": "who", "date": "on", "counts_as": "force"}]  # fmt: skip
    (tmp_path / "more.csv").write_text("who,on\n1,2021-01-02\n3,2021-02-02\n")
    source = RawData.model_validate({**RAW, "incidents": parts})
    panel, problems = assembled(tmp_path, ("force",), source)
    assert problems == []
    assert panel.counts["force"].tolist() == [[3, 0, 0], [0, 1, 0], [0, 1, 0]]


def test_excel_and_parquet_give_the_same_panel(tmp_path: Path):
    expected, _ = assembled(tmp_path)
    for kind in ("xlsx", "parquet"):
        raw = {**RAW, "people": {**RAW["people"], "file": f"people.{kind}"},
               "incidents": [{**RAW["incidents"][0], "file": f"incidents.{kind}"}],
               "exposure": {**RAW["exposure"], "file": f"hours.{kind}"}}  # fmt: skip
        for name in FILES:
            target = tmp_path / name.replace("csv", kind)
            rows = duckdb.sql(f"from read_csv('{tmp_path / name}', dateformat='%Y-%m-%d')")
            if kind == "parquet":
                rows.write_parquet(str(target))
            else:
                book = openpyxl.Workbook()
                book.active.append(rows.columns)
                for row in rows.fetchall():
                    book.active.append(row)
                book.save(target)
        panel, problems = assemble_panel(RawData.model_validate(raw), tmp_path, ("force", "injury"))
        assert problems == []
        for field in ("present", "assigned", "trained", "exposure", "strata", "units"):
            np.testing.assert_array_equal(getattr(panel, field), getattr(expected, field))
        for name in expected.counts:
            np.testing.assert_array_equal(panel.counts[name], expected.counts[name])


@pytest.mark.parametrize(
    ("changes", "where", "says"),
    [
        ({"people": PEOPLE + "1,2020-01-01,,,,N,a\n"}, "people.csv", "1 (rows 2, 5)"),
        ({"people": PEOPLE + ",2020-01-01,,,,N,a\n"}, "people.csv row 5", "blank in row 5"),
        ({"people": PEOPLE + "4,,,,,N,a\n"}, "people.csv row 5, column 'start'", "blank"),
        ({"people": PEOPLE + "4,1/2/2020,,,,N,a\n"}, "column 'start'", "'1/2/2020' in row 5"),
        ({"people": PEOPLE + "4,2020-01-01,x,,,N,a\n"}, "column 'end'", "'x' in row 5"),
        ({"people": PEOPLE + "4,2020-01-01,,soon,,N,a\n"}, "column 'assigned'", "'soon'"),
        ({"people": PEOPLE + "4,2020-01-01,,,yes,N,a\n"}, "column 'trained'", "'yes'"),
        ({"people": PEOPLE + "4,2020-01-01,,,,,a\n"}, "column 'area'", "blank in row 5"),
        (
            {"people": PEOPLE + "4,2021-02-01,2020-01-01,,,N,a\n"},
            "people.csv row 5, column 'end'",
            "2020-01-01 in row 5 (start 2021-02-01)",
        ),
        ({"incidents": INCIDENTS + ",2021-01-01,force\n"}, "incidents.csv row 10", "blank"),
        ({"incidents": INCIDENTS + "1,,force\n"}, "column 'date'", "blank in row 10"),
        ({"incidents": INCIDENTS + "1,May,force\n"}, "column 'date'", "'May' in row 10"),
        ({"incidents": INCIDENTS + "1,2021-01-01,\n"}, "column 'kind'", "blank in row 10"),
        ({"hours": HOURS + "1,2021-01,-5\n"}, "column 'hours'", "-5 in row 12"),
        ({"hours": HOURS + "1,2021-01,\n"}, "column 'hours'", "blank in row 12"),
        ({"hours": HOURS + ",2021-01,5\n"}, "column 'officer'", "blank in row 12"),
        ({"hours": HOURS + "1,x,5\n"}, "column 'month'", "'x' in row 12"),
        ({"hours": HOURS.replace("2,2021-02-03,80\n", "")}, "hours.csv", "2 in 2021-02"),
        ({"hours": HOURS.replace("-03,", "-04,")}, "hours.csv", "anybody in 2021-03"),
    ],
)
def test_a_fault_is_one_problem_that_says_where_and_what(tmp_path: Path, changes, where, says):
    panel, problems = assembled(tmp_path, **changes)
    problem = only(problems)
    assert where in problem.where
    assert says in problem.given
    assert panel is not None


@pytest.mark.parametrize("name", list(FILES))
def test_missing_columns_are_a_problem_and_no_panel(tmp_path: Path, name: str):
    text = FILES[name].replace("officer,", "offcer,", 1)
    panel, problems = assembled(tmp_path, **{name.removesuffix(".csv"): text})
    assert panel is None
    assert "did you mean 'offcer'" in only(problems).fix


def test_missing_files_are_all_named_at_once(tmp_path: Path):
    panel, problems = assemble_panel(SOURCE, tmp_path, ("force",))
    assert panel is None
    assert [p.where.split(",")[0] for p in problems] == list(FILES)


def test_an_outcome_that_no_row_mentions_lists_those_that_rows_mention(tmp_path: Path):
    panel, problems = assembled(tmp_path, ("force", "deaths"))
    assert panel is not None
    assert "outcome 'deaths'" in only(problems).where
    assert "'force', 'injury', 'complaint'" in only(problems).given


def test_files_that_name_nobody_in_common_are_a_problem(tmp_path: Path):
    lines = [("00" + line if i else line) for i, line in enumerate(INCIDENTS.splitlines())]
    _, problems = assembled(tmp_path, incidents="\n".join(lines))
    assert "here: 001, 002, 003; there: 1, 2, 3" in only(problems).given


def test_a_window_without_anybody_is_a_problem(tmp_path: Path):
    source = RawData.model_validate({**RAW, "first": "2001-01", "last": "2001-03"})
    panel, problems = assembled(tmp_path, source=source)
    assert panel is None
    assert "nobody is in service" in problems[-1].given


def test_every_problem_of_every_file_is_found_at_once(tmp_path: Path):
    _, problems = assembled(
        tmp_path,
        people=PEOPLE + "1,x,,,,N,a\n",
        incidents=INCIDENTS + "1,May,force\n",
        hours=HOURS + "1,2021-01,-5\n",
    )
    text = "\n".join(map(str, problems))
    for part in ("'x' in row 5", "more than once", "'May' in row 10", "-5 in row 12"):
        assert part in text


BEGIN = dt.date(2021, 1, 1)
days = st.integers(-20, 140).map(lambda n: BEGIN + dt.timedelta(days=n))
people = st.lists(st.tuples(days, days | st.none()), min_size=1, max_size=6)
events = st.lists(st.tuples(st.integers(0, 7), days, st.sampled_from("fc")), max_size=25)


def months_between() -> list[tuple[dt.date, dt.date]]:
    starts = [dt.date(2021, m, 1) for m in range(1, 5)]
    return [(a, b - dt.timedelta(days=1)) for a, b in itertools.pairwise(starts)]


@settings(max_examples=20, deadline=None)
@given(people=people, events=events)
def test_assembling_equals_counting_by_hand(tmp_path_factory, people, events):
    folder = tmp_path_factory.mktemp("agency")
    people = [(a, max(a, b) if b else None) for a, b in people]
    lines = ["u,start,end", *(f"{i},{a},{b or ''}" for i, (a, b) in enumerate(people))]
    (folder / "people.csv").write_text("\n".join(lines))
    rows = [*events, (99, BEGIN, "f"), (99, BEGIN, "c")]
    lines = ["u,day,kind,amount", *(f"{u},{d},{k},{u + 0.5}" for u, d, k in rows)]
    (folder / "incidents.csv").write_text("\n".join(lines))
    source = RawData.model_validate(
        {
            "people": {"file": "people.csv", "unit": "u", "start": "start", "end": "end"},
            "incidents": [{"file": "incidents.csv", "unit": "u", "date": "day", "outcome": "kind"}],
            "exposure": {"file": "incidents.csv", "unit": "u", "date": "day", "amount": "amount"},
            "first": "2021-01",
            "last": "2021-03",
        }
    )
    panel, _ = assemble_panel(source, folder, ("f", "c"))
    served = {
        str(i): [a <= first and (b is None or b >= last) for first, last in months_between()]
        for i, (a, b) in enumerate(people)
    }
    served = {unit: there for unit, there in served.items() if any(there)}
    if panel is None:
        assert served == {}
        return
    assert panel.units.tolist() == list(served)
    assert panel.present.tolist() == list(served.values())
    for i, (unit, there) in enumerate(served.items()):
        for t, (first, last) in enumerate(months_between()):
            mine = [(k, u + 0.5) for u, d, k in rows if str(u) == unit and first <= d <= last]
            for kind in "fc":
                expected = sum(k == kind for k, _ in mine) if there[t] else 0
                assert panel.counts[kind][i, t] == expected
            assert panel.exposure[i, t] == (sum(a for _, a in mine) if there[t] else 0)
