from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stepdown.evaluation.same_scene.columns import Columns
from stepdown.evaluation.same_scene.options import Options
from stepdown.evaluation.same_scene.read import read_scenes
from stepdown.problems import InputProblems

GOOD = [(1, 11, 0), (1, 12, 1), (2, 11, 2), (2, 12, 0), (2, 13, 1), (3, 13, 0), (3, 14, 0),
        (4, 14, 1), (5, 21, 0), (5, 22, 2)]  # fmt: skip


def write(folder: Path, rows, header="id,idOff,y") -> Path:
    path = folder / "force.csv"
    lines = [",".join(str(c) for c in row) for row in rows]
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def read(path: Path, columns: Columns | None = None, levels=None, **options):
    return read_scenes(path, Options(columns=columns or Columns(), levels=levels, **options))


def problems_of(path: Path, columns: Columns | None = None, **options) -> str:
    with pytest.raises(InputProblems) as raised:
        read(path, columns, **options)
    return str(raised.value)


def test_rows_become_scenes_and_what_is_left_out_is_counted(tmp_path: Path):
    found = read(write(tmp_path, GOOD), Columns())
    assert found.labels == ("0", "1", "2")
    assert found.scenes.incidents.tolist() == [1, 2, 5]
    assert found.scenes.officers.tolist() == [11, 12, 13, 21, 22]
    assert [(s.rows, s.scenes, s.officers) for s in found.account] == [
        (10, 5, 6), (9, 4, 6), (7, 3, 5)]  # fmt: skip
    assert found.warnings == (
        "scenes with a single officer, which compare nobody: 1",
        "the officers fall into 2 pieces that share no scene: between pieces no scene supports "
        "a comparison",
    )


def test_whole_numbers_written_as_floats_are_ids(tmp_path: Path):
    rows = [(f"{a}.0", f"{b}.0", f"{c}.0") for a, b, c in GOOD]
    found = read(write(tmp_path, rows), Columns())
    assert found.scenes.officers.tolist() == [11, 12, 13, 21, 22]


def test_everything_wrong_is_said_at_once(tmp_path: Path):
    rows = [*GOOD, (2, 11, 1), (6, "Smith", 1), (7.5, 12, 0), (8, "", 1), (9, 11, 4), (9, 12, "x")]
    said = problems_of(write(tmp_path, rows))
    assert "1 rows repeat an officer at a scene: officer 11 at incident 2" in said
    assert "'Smith' in row 13" in said
    assert "7.5 in row 14" in said
    assert "blank in row 15" in said
    assert "'x' in row 17" in said
    assert "Noticed: scenes with a single officer, which compare nobody: 4" in said
    assert "pieces that share no scene" in said


def test_levels_that_skip_are_told_with_the_way_to_say_so(tmp_path: Path):
    path = write(tmp_path, [(1, 1, 1), (1, 2, 2), (2, 1, 4), (2, 2, 1)])
    said = problems_of(path)
    assert "levels from 1 to 4, and nobody at 3" in said
    assert "--levels 1,2,4" in said
    found = read(path, Columns(), ("1", "2", "4"))
    assert found.scenes.level.tolist() == [0, 1, 2, 0]


def test_levels_may_be_words_when_their_order_is_given(tmp_path: Path):
    path = write(tmp_path, [(1, 1, "none"), (1, 2, "Level 1"), (2, 1, "OIS"), (2, 2, "none")])
    assert '--levels "none,low,high"' in problems_of(path)
    found = read(path, Columns(), ("none", "Level 1", "OIS"))
    assert found.scenes.level.tolist() == [0, 1, 2, 0]
    assert "'OIS' in row 4" in problems_of(path, levels=("none", "Level 1"))
    assert "nobody at Level 2" in problems_of(path, levels=("none", "Level 1", "Level 2", "OIS"))
    assert "each level once" in problems_of(path, levels=("none", "none", "Level 1", "OIS"))


def test_one_level_or_seven_are_refused(tmp_path: Path):
    assert "one level" in problems_of(write(tmp_path, [(1, 1, 0), (1, 2, 0)]))
    seven = [(1, i, i) for i in range(7)]
    assert "7 levels" in problems_of(write(tmp_path, seven))


def test_a_file_in_which_nobody_differs_is_refused(tmp_path: Path):
    said = problems_of(write(tmp_path, [(1, 1, 0), (1, 2, 0), (2, 1, 1), (2, 3, 1)]))
    assert "no scene at which two officers used different levels" in said


def test_a_missing_column_names_the_closest_one(tmp_path: Path):
    said = problems_of(write(tmp_path, GOOD), Columns(officer="idoff"))
    assert "did you mean 'idOff'? Correct the name in the options of the command" in said


def test_a_crowd_that_would_fill_the_memory_is_refused(tmp_path: Path):
    rows = [(1, i, i % 6) for i in range(120)]
    assert "a scene with up to 120 officers at 6 levels" in problems_of(write(tmp_path, rows))


def test_among_force_users_the_lowest_level_of_force_comes_first(tmp_path: Path):
    found = read(write(tmp_path, GOOD), Columns(), force_users_only=True)
    assert found.scenes.incidents.tolist() == [2]
    assert found.scenes.level.tolist() == [1, 0]
    assert found.scenes.levels == 2
    assert found.labels == ("1", "2")
    assert found.witnesses
    assert [s.rows for s in found.account] == [10, 5, 2]
    # The pieces spoken of are those of the scenes that are left.
    assert not any("pieces" in w for w in found.warnings)
    assert any("pieces" in w for w in read(write(tmp_path, GOOD)).warnings)


def test_a_file_without_those_who_used_no_force_can_be_read(tmp_path: Path):
    rows = [r for r in GOOD if r[2] > 0] + [(9, 11, 1), (9, 12, 2)]
    path = write(tmp_path, rows)
    found = read(path, Columns(), ("0", "1", "2"), force_users_only=True)
    assert sorted(set(found.scenes.level.tolist())) == [0, 1]
    assert not found.witnesses
    plain = read(path, Columns())
    assert plain.scenes.level.tolist() == found.scenes.level.tolist()
    assert "which of them is no force?" in problems_of(path, force_users_only=True)
    assert "nobody at 0" in problems_of(path, levels=("0", "1", "2"))


TRAINED = "id,idOff,y,when,course,squad,years"


def dated(tmp_path: Path, rows, **columns) -> str | object:
    named = Columns(date="when", trained_on="course", **columns)
    return read(write(tmp_path, rows, TRAINED), named)


def test_who_was_trained_follows_from_days(tmp_path: Path):
    rows = [
        (1, 11, 0, "2020-01-01", "2020-03-01", "a", 3),
        (1, 12, 1, "2020-01-01", "", "a", 5),
        (2, 11, 1, "2020-03-01", "2020-03-01", "a", 4),
        (2, 12, 0, "2020-03-01", "", "a", 5),
        (3, 11, 1, "2021-03-01", "2020-03-01", "a", 4),
        (3, 12, 0, "2021-03-01", "", "a", 7),
        (4, 11, 1, "2021-03-02", "2020-03-01", "a", 4),
        (4, 13, 0, "2021-03-02", "never", "a", 9),
    ]
    found = dated(tmp_path, rows, strata="squad", beside=("years",))
    data = found.training
    assert data.trained.tolist() == [0, 0, 1, 0, 1, 0, 1, 0]
    assert data.months == pytest.approx(np.array([0, 0, 0, 0, 365, 0, 366, 0]) / 365.25 * 12)
    assert data.beside[:, 0].mean() == pytest.approx(0)
    assert data.beside[:, 0].std() == pytest.approx(1)
    timing = data.timing(found.whole)
    assert (timing.trained() == (data.trained[found.whole.source] == 1)).all()
    assert np.isinf(timing.training_day).tolist() == [True, False, True]
    # The blank one was not part of the draw: nobody changes places with them.
    assert timing.stratum[1] == timing.stratum[2] != timing.stratum[0]


def test_faults_of_training_are_said_at_once(tmp_path: Path):
    rows = [
        (1, 11, 0, "2020-01-01", "2020-03-01", "a", 3),
        (1, 12, 1, "", "soon", "a", 3),
        (2, 11, 1, "2020-01-05", "2020-04-01", "b", 3),
        (2, 12, 0, "01/02/2020", "", "a", ""),
    ]
    with pytest.raises(InputProblems) as raised:
        dated(tmp_path, rows, strata="squad", beside=("years",))
    said = str(raised.value)
    assert "'soon' in row 3" in said
    assert "'01/02/2020' in row 5" in said
    assert "blank in row 3" in said
    assert "column 'course'" in said
    assert "column 'squad'" in said
    assert "blank in row 5" in said
    assert said.count("more than one for an officer: 11") == 2


def test_training_is_said_in_one_way(tmp_path: Path):
    rows = [(1, 11, 0, 1), (1, 12, 1, 2)]
    path = write(tmp_path, rows, "id,idOff,y,trained")
    said = problems_of(path, Columns(trained="trained"))
    assert "2 in row 3" in said
    assert "one way to say who was trained" in problems_of(
        path, Columns(trained="trained", date="y", trained_on="y")
    )
    assert "--date alone" in problems_of(path, Columns(date="y"))
    assert "say who was trained" in problems_of(path, Columns(beside=("trained",)))


def test_ids_too_long_for_a_float_are_kept_exactly_or_refused(tmp_path: Path):
    long = 20230101123456781
    rows = [(long + k, o, y) for k in range(3) for o, y in ((1, 0), (2, 1))]
    found = read(write(tmp_path, rows), Columns())
    assert found.scenes.incidents.tolist() == [long, long + 1, long + 2]
    longer = [(f"{a}000", b, c) for a, b, c in rows]
    assert "at most 15 digits" in problems_of(write(tmp_path, longer))


def test_only_whole_days_are_days(tmp_path: Path):
    rows = []
    for n, day in enumerate(("20200105", "2020", "2020-05", "today", "2020-01-05xx")):
        rows += [
            (n, 11 + n, 0, "2020-06-01", day, "a", 1),
            (n, 90, 1, "2020-06-01", "never", "a", 2),
        ]
    with pytest.raises(InputProblems) as raised:
        dated(tmp_path, rows)
    assert "5 rows: " in str(raised.value)


def test_columns_that_no_scene_can_tell_apart_are_refused(tmp_path: Path):
    head = "id,idOff,y,trained,shared,twice,flat"
    rows = [(k, o, (k + o) % 2, (k * o) % 3 % 2, k, 2 * ((k * o) % 3 % 2), 0.3)
            for k in range(1, 9) for o in (1, 2, 4)]  # fmt: skip
    path = write(tmp_path, rows, head)
    said = problems_of(path, Columns(trained="trained", beside=("shared", "twice")))
    assert said.count("the same for all officers of a scene, or repeating training") == 2
    assert "the same number in every row" in problems_of(
        path, Columns(trained="trained", beside=("flat",))
    )
    assert "for two things" in problems_of(path, Columns(trained="trained", beside=("trained",)))


def test_groups_drawn_together_move_together(tmp_path: Path):
    rows = [(k, o, (k + o) % 2, f"2020-0{k}-01", "2020-03-01" if o < 3 else "never", o // 3, 1)
            for k in range(1, 7) for o in (1, 2, 4, 5)]  # fmt: skip
    timing = dated(tmp_path, rows, clusters="squad").training.timing(
        dated(tmp_path, rows, clusters="squad").whole
    )
    assert timing.training_day.size == 2
    rows[0] = (1, 1, 0, "2020-01-01", "2020-04-01", 0, 1)
    with pytest.raises(InputProblems, match=r"more than one for a group drawn together: 0"):
        dated(tmp_path, rows, clusters="squad")


def test_options_that_would_be_ignored_are_refused(tmp_path: Path):
    path = write(tmp_path, GOOD)
    assert "--strata or --clusters" in problems_of(path, Columns(strata="y"))


def test_an_order_of_levels_the_wrong_way_round_is_refused(tmp_path: Path):
    path = write(tmp_path, GOOD)
    assert "the lowest level first" in problems_of(path, levels=("2", "1", "0"))


def test_a_file_that_begins_above_0_is_asked_what_its_lowest_level_is(tmp_path: Path):
    path = write(tmp_path, [(a, b, c + 1) for a, b, c in GOOD])
    found = read(path, Columns())
    assert "level 1 is taken for no force" in found.warnings[-1]
    assert not found.witnesses
    told = read(path, Columns(), ("1", "2", "3"))
    assert told.witnesses
    assert not any("taken for" in w for w in told.warnings)


def test_a_squad_may_hold_somebody_who_was_no_part_of_the_draw(tmp_path: Path):
    rows = [(k, o, (k + o) % 2, f"2020-0{k}-01", "" if o == 2 else "2020-03-01", o // 3, 1)
            for k in range(1, 7) for o in (1, 2, 4, 5)]  # fmt: skip
    found = dated(tmp_path, rows, clusters="squad")
    timing = found.training.timing(found.whole)
    assert timing.training_day.size == 3
    assert len(set(timing.stratum.tolist())) == 2
    (said,) = found.training.outside_the_draw()
    assert "no part of the draw: 1" in said
