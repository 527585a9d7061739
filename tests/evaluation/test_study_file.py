import pytest

from stepdown.evaluation.study import names_deaths
from stepdown.evaluation.study_file import MAX_BYTES, read_study
from stepdown.problems import InputProblems

GOOD = """\
title: A small rollout
data: {panel: panel.csv, unit: officer, period: month, assigned: wave}
design:
  assignment: randomized
outcomes:
  - name: force
    smallest_effect: -10%
    unit_of_count: report
"""


def read(tmp_path, text):
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return read_study(path)


def problems(tmp_path, text):
    return read(tmp_path, text).problems


def test_a_good_file_is_read_with_its_hash(tmp_path):
    found = read(tmp_path, GOOD)
    assert found.problems == ()
    assert found.study.outcomes[0].relative_threshold == -0.1
    assert found.study.estimands == ["simple"]
    assert len(found.sha256) == 64


def test_every_mistake_is_reported_at_once_with_its_line(tmp_path):
    text = GOOD.replace("-10%", "ten").replace("randomized", "random").replace("title", "titel")
    found = {p.where.split(",")[0]: p for p in problems(tmp_path, text)}
    assert set(found) == {
        "study.yaml line 1",
        "study.yaml line 4",
        "study.yaml line 7",
        "study.yaml",
    }
    assert "did you mean `title`?" in found["study.yaml line 1"].fix
    assert found["study.yaml line 4"].given == "'random'"
    assert "randomized" in found["study.yaml line 4"].expected
    assert "-10%" in found["study.yaml line 7"].expected
    assert "missing" in found["study.yaml"].given


def test_a_wrong_field_deep_in_the_file_names_its_neighbours(tmp_path):
    text = GOOD.replace("    unit_of_count: report\n", "    unit_of_cuont: report\n")
    unknown = next(p for p in problems(tmp_path, text) if "unknown" in p.given)
    assert unknown.where == "study.yaml line 8, outcomes[0].unit_of_cuont"
    assert "did you mean `unit_of_count`?" in unknown.fix
    assert "smallest_effect" in unknown.expected


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            ("smallest_effect: -10%", "smallest_effect: 10%"),
            "a negative value, because better: fewer",
        ),
        (
            ("smallest_effect: -10%", "smallest_effect: 0"),
            "a negative value, because better: fewer",
        ),
        (
            ("unit_of_count: report", "unit_of_count: report\n    better: more"),
            "a positive value, because better: more",
        ),
        (("    smallest_effect: -10%\n", ""), "role secondary needs `smallest_effect`"),
        (
            ("smallest_effect: -10%", "smallest_effect: -10%\n    role: safety"),
            "role safety needs `margin`",
        ),
        (
            ("smallest_effect: -10%", "margin: -10%\n    role: safety"),
            "a positive value toward harm, because better: fewer",
        ),
        (
            ("smallest_effect: -10%", "smallest_effect: -10%\n    margin: 10%"),
            "`margin` does not belong to role secondary",
        ),
        ((", assigned: wave", ""), "no `assigned` column"),
        (
            ("assignment: randomized", "assignment: randomized\n  level: cluster"),
            "no `cluster` column",
        ),
        (("assignment: randomized", "assignment: randomized\n  level: squad"), "'squad'"),
    ],
)
def test_plans_that_contradict_themselves_are_refused(tmp_path, change, told):
    found = problems(tmp_path, GOOD.replace(*change))
    assert len(found) == 1
    assert told in str(found[0])


def test_the_same_outcome_twice_or_two_primaries_are_refused(tmp_path):
    twice = GOOD + GOOD[GOOD.index("  - name") :]
    assert "named twice" in str(problems(tmp_path, twice)[0])
    primary = GOOD + "    role: primary\n"
    other = primary[primary.index("  - name") :].replace("force", "complaints")
    assert "more than one" in str(problems(tmp_path, primary + other)[0])


def test_observational_timing_may_use_the_actual_date(tmp_path):
    text = GOOD.replace("randomized", "observational").replace("assigned: wave", "trained: wave")
    assert problems(tmp_path, text) == ()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"title: [unclosed", "line 1"),
        (b"", "no fields"),
        (b"- a\n- b\n", "fields such as"),
        (b"just text", "fields such as"),
        (b"title: \xff\xfe", "not UTF-8"),
        (b"a: 1\na: 2\n", "line 2"),
        (b"x" * (MAX_BYTES + 1), "bytes"),
        (b"a: !!python/object/apply:os.system ['true']\n", "missing"),
    ],
)
def test_what_is_no_plan_is_refused_with_one_message(tmp_path, content, told):
    path = tmp_path / "study.yaml"
    path.write_bytes(content)
    try:
        found = str([str(p) for p in read_study(path).problems])
    except InputProblems as error:
        found = str(error)
    assert told in found


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(InputProblems, match="no such file"):
        read_study(tmp_path / "nothing.yaml")
    with pytest.raises(InputProblems, match="readable"):
        read_study(tmp_path)


@pytest.mark.parametrize("name", ["deaths", "fatal_force", "killed", "lethal force", "homicide"])
def test_deaths_are_recognised(name):
    assert names_deaths(name)


@pytest.mark.parametrize(
    "name", ["force", "non-lethal force", "less_lethal", "nonfatal injuries", "skills", "deadline"]
)
def test_what_is_not_death_is_not(name):
    assert not names_deaths(name)
