from __future__ import annotations

import shlex

from typer.testing import CliRunner

from stepdown.cli import app
from stepdown.evaluation.same_scene.columns import Columns
from stepdown.evaluation.same_scene.options import Options, command
from stepdown.evaluation.same_scene.sample import Tuning


def test_what_is_as_by_default_is_left_out():
    assert command("force.csv", Options()) == "stepdown same-scene force.csv"


def test_every_choice_stands_in_the_command_and_every_option_exists():
    chosen = Options(
        Columns("i", "o", "l", None, "d", "t", "c", "s", ("b 1", "b2")), ("none", "low"), True,
        "Sheet 1", True, 99, 3, 4, Tuning(2, 10, 20), 7,
    )  # fmt: skip
    words = shlex.split(command("a file.csv", chosen))
    assert words[:3] == ["stepdown", "same-scene", "a file.csv"]
    given = " ".join(words)
    for part in ("--incident i", "--levels none,low", "--force-users-only", "--trained-on t",
                 "--clusters c", "--beside b 1", "--sheet Sheet 1", "--min-scenes 4", "--seed 7",
                 "--draws 10"):  # fmt: skip
        assert part in given
    offered = CliRunner().invoke(app, ["same-scene", "--help"], env={"COLUMNS": "300"}).output
    assert all(word in offered for word in words if word.startswith("--"))
