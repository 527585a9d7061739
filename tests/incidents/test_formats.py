from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata

from stepdown.incidents.formats import Unreadable, read_csv, read_r_data, wanted_positions

# What R's saveRDS(data.frame(n = c(1, 2.5), day = as.Date(c("2021-03-01", NA))), ascii = TRUE)
# writes: a list with the attributes names, row.names and class; the days carry class Date.
R_ASCII = """A 2 262144 131840 787 2
14 2 1 2.5
782 2 18687 NA 1026 1 262153 5 class 16 1 262153 4 Date 254
1026 1 262153 5 names 16 2 262153 1 n 262153 3 day
1026 1 262153 9 row.names 13 2 NA -2
1026 511 16 1 262153 10 data.frame 254
""".replace(" ", "\n")


@pytest.mark.parametrize("kind", ["rda", "rds"])
def test_r_columns_become_the_four_kinds(tmp_path: Path, kind: str):
    frame = pd.DataFrame(
        {
            "whole": [1.0, 2.0, 3.0],
            "text": pd.array(["a", "b", None], dtype=pd.StringDtype("python")),
            "missing": pd.array([1, None, 3], dtype="Int32"),
            "factor": pd.Categorical.from_codes([0, -1, 1], np.array(["x", "y"], dtype=object)),
            "logical": [True, False, True],
        }
    )
    path = tmp_path / f"t.{kind}"
    if kind == "rda":
        rdata.write_rda(path, {"note": np.array([1.0]), "frame": frame})
    else:
        rdata.write_rds(path, frame)
    available, columns = read_r_data(path, list(frame))
    assert available == tuple(frame)
    assert columns["whole"].tolist() == [1, 2, 3]
    assert columns["text"].tolist() == ["a", "b", None]
    np.testing.assert_array_equal(columns["missing"], [1, np.nan, 3])
    assert columns["factor"].tolist() == ["x", None, "y"]
    assert columns["logical"].tolist() == [1, 0, 1]


def test_r_dates_become_days(tmp_path: Path):
    (tmp_path / "t.rds").write_text(R_ASCII)
    _, columns = read_r_data(tmp_path / "t.rds", ["n", "day"])
    assert columns["n"].tolist() == [1, 2.5]
    assert columns["day"].astype(str).tolist() == ["2021-03-01", "NaT"]


def test_an_r_file_without_a_data_frame_is_unreadable(tmp_path: Path):
    rdata.write_rds(tmp_path / "t.rds", np.array([1.0]))
    with pytest.raises(Unreadable, match="no data frame"):
        read_r_data(tmp_path / "t.rds", ["n"])


def test_quotes_separators_and_line_breaks_may_stand_in_csv_cells(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_text('who,note\na,"one, ""two""\nthree"\nb,x\n')
    _, columns = read_csv(path, ["note"])
    assert columns["note"].tolist() == ['one, "two"\nthree', "x"]


def test_a_csv_may_have_wildcards_in_its_name(tmp_path: Path):
    (tmp_path / "t[1]*.csv").write_text("n\n1\n")
    (tmp_path / "t1.csv").write_text("n\n2\n")
    assert read_csv(tmp_path / "t[1]*.csv", ["n"])[1]["n"].tolist() == [1]


def test_each_wanted_name_is_found_once():
    assert wanted_positions(["a", "b", "a"], ["b", "b", "c"]) == {"b": 1}
    with pytest.raises(Unreadable, match="a stands in the header twice"):
        wanted_positions(["a", "b", "a"], ["a"])
