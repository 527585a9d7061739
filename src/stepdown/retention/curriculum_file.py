"""Curriculum files: read one with everything wrong at once, write one back, find those shipped."""

from __future__ import annotations

import io
from importlib.resources import files
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.representer import SafeRepresenter

from stepdown.kept import kept
from stepdown.problems import InputProblems, Problem
from stepdown.retention.curriculum import ANYTHING, Curriculum, Known, unknown
from stepdown.yaml_text import Kind, file_text, read_into

SHORT = 70
STARTER = "crisis_intervention"
KIND = Kind(
    "a curriculum",
    "fields such as id, title, for_whom, modules",
    "correct the file; the reference of curricula explains every field",
)


def read_curriculum(path: Path, known: Known = ANYTHING) -> Curriculum:
    """Read one curriculum file. Raises InputProblems with everything wrong, each with its line."""
    return parsed(file_text(path, KIND), path.name, known)


def parsed(text: str, name: str, known: Known = ANYTHING) -> Curriculum:
    """Read a curriculum from text. Raises InputProblems with everything wrong, with its line."""
    return read_into(
        text, name, KIND, Curriculum.model_validate, lambda document: unknown(document, known),
        Curriculum,
    )  # fmt: skip


class _Writer(SafeRepresenter):
    """Writes long texts as paragraphs, and what a paragraph would change within quotes."""

    def text(self, value: str) -> Any:
        simple = " ".join(value.split()) == value and value.isprintable()
        style = '"' if not simple else ">" if len(value) > SHORT else None
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Writer.add_representer(str, _Writer.text)


def written(curriculum: Curriculum) -> str:
    """Return the text of a file that reads back as exactly this curriculum."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Writer
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    yaml.width = 100
    out = io.StringIO()
    yaml.dump(curriculum.as_dict(), out)
    return out.getvalue()


@kept
def shipped() -> dict[str, Curriculum]:
    """Return the curricula that ship with this version, by id."""
    folder = files("stepdown.retention").joinpath("curricula")
    found = [
        parsed(file.read_text(encoding="utf-8"), file.name)
        for file in sorted(folder.iterdir(), key=lambda f: f.name)
        if file.name.endswith(".yaml")
    ]
    return {curriculum.id: curriculum for curriculum in found}


def starter() -> Curriculum:
    """Return the curriculum to begin with: crisis intervention and de-escalation, 16 hours."""
    return shipped()[STARTER]


def find_curriculum(name: str, known: Known = ANYTHING) -> Curriculum:
    """Return a shipped curriculum by its id, or read the file that `name` names."""
    if name in shipped():
        return shipped()[name]
    if Path(name).suffix in {".yaml", ".yml"} or Path(name).exists():
        return read_curriculum(Path(name), known)
    problem = Problem(
        "the curriculum", name, "one of " + ", ".join(shipped()) + ", or a file",
        "see `stepdown curriculum list`",
    )  # fmt: skip
    raise InputProblems("the curriculum", [problem])
