"""Find and read scenario files; everything wrong with one is said at once, with its line."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from stepdown.encounter.scenario import Scenario
from stepdown.kept import kept
from stepdown.problems import InputProblems, Problem
from stepdown.yaml_text import Kind, file_text, read_into

KIND = Kind(
    "a scenario",
    "fields such as id, title, person",
    "correct the file; the reference of scenarios explains every field",
)


def read_scenario(path: Path) -> Scenario:
    """Read one scenario file. Raises InputProblems."""
    return parsed(file_text(path, KIND), path.name)


def parsed(text: str, name: str) -> Scenario:
    """Read a scenario from text. Raises InputProblems."""
    return read_into(text, name, KIND, Scenario.read, model=Scenario)


@kept
def library() -> dict[str, Scenario]:
    """Return the scenarios that ship with this version, by id."""
    found = {}
    for sector in sorted(files("stepdown.scenarios").iterdir(), key=lambda f: f.name):
        if not sector.is_dir() or sector.name.startswith("_"):
            continue
        for file in sorted(sector.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".yaml"):
                scenario = parsed(file.read_text(encoding="utf-8"), file.name)
                found[scenario.id] = scenario
    return found


def find_scenario(name: str) -> Scenario:
    """Return a scenario by its id, or read the file that `name` names."""
    if name in library():
        return library()[name]
    if Path(name).suffix in {".yaml", ".yml"} or Path(name).exists():
        return read_scenario(Path(name))
    problem = Problem(
        "the scenario", name, "one of " + ", ".join(library()) + ", or a file",
        "see `stepdown scenarios list`",
    )  # fmt: skip
    raise InputProblems("the scenario", [problem])
