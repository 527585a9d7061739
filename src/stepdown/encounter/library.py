"""Find and read scenario files; everything wrong with one is said at once, with its line."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, SequenceNode

from stepdown.encounter.scenario import Scenario
from stepdown.problems import InputProblems, Problem
from stepdown.user_folder import user_folder
from stepdown.whole_file import write_whole

MOST_BYTES = 2 * 1024 * 1024
_FIX = "correct the file; docs/reference/scenario.md explains every field"


class _WithoutAliases(Composer):
    """Composes no alias."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse an alias, else compose."""
        if self.parser.check_event(AliasEvent):
            line = self.parser.peek_event().start_mark.line + 1
            raise YAMLError(f"aliases are not allowed (line {line})")
        return super().compose_node(parent, index)


def loaded(text: str) -> Any:
    """Return what a YAML text holds. Raises YAMLError, for aliases too: they can grow unbounded."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _WithoutAliases
    return yaml.load(text)


def read_scenario(path: Path) -> Scenario:
    """Read one scenario file. Raises InputProblems."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _refused(path.name, [(str(path), "over 2 MiB", "one scenario")])
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _refused(
            path.name, [(str(path), error.strerror or "?", "a scenario file that can be read")]
        ) from error
    except UnicodeDecodeError as error:
        raise _refused(path.name, [(str(path), f"byte {error.start}", "text in UTF-8")]) from error
    return parsed(text, path.name)


def parsed(text: str, name: str) -> Scenario:
    """Read a scenario from text. Raises InputProblems."""
    try:
        document = loaded(text)
    except (YAMLError, RecursionError, ValueError, TypeError, AttributeError, KeyError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}: line {mark.line + 1}, column {mark.column + 1}" if mark else name
        said = (str(getattr(error, "problem", None) or error).splitlines() or ["?"])[0][:200]
        raise _refused(name, [(where, said, "YAML")]) from error
    if not isinstance(document, dict):
        raise _refused(name, [(name, type(document).__name__, "fields such as id, title, person")])
    try:
        return Scenario.read(document)
    except ValidationError as error:
        node = YAML(typ="safe").compose(text)
        wrong = [
            (f"{name}: line {_line(node, e['loc'])}, {'.'.join(map(str, e['loc'])) or 'the whole'}",
             repr(e["input"])[:80], e["msg"].removeprefix("Value error, "))
            for e in error.errors(include_url=False)
        ]  # fmt: skip
        raise _refused(name, wrong) from error
    except RecursionError as error:
        raise _refused(name, [(name, "nested too deeply", "a scenario")]) from error


def _line(node: Any, place: tuple[int | str, ...]) -> int:
    """Return the line of the file on which the innermost known part of a place begins."""
    line: int = node.start_mark.line + 1
    for step in place:
        if isinstance(node, MappingNode):
            found = next((v for k, v in node.value if getattr(k, "value", None) == str(step)), None)
        elif isinstance(node, SequenceNode) and isinstance(step, int):
            found = node.value[step] if step < len(node.value) else None
        else:
            found = None
        if found is None:
            break
        node, line = found, found.start_mark.line + 1
    return line


def _refused(name: str, wrong: list[tuple[str, str, str]]) -> InputProblems:
    return InputProblems(name, [Problem(*each, _FIX) for each in wrong])


@cache
def library() -> dict[str, Scenario]:
    """Return the scenarios that ship with this version, by id."""
    kept = user_folder(os.environ) / "cache" / "scenarios.json"
    documents = documents_of(_shipped(), kept)
    found = [Scenario.read(document) for document in documents.values()]
    return {scenario.id: scenario for scenario in found}


def documents_of(texts: Mapping[str, str], kept: Path) -> dict[str, Any]:
    """Return what YAML texts hold, by name. It is kept in a file: YAML takes seconds to read."""
    digest = hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()
    try:
        found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        if found["of"] == digest:
            return dict(found["documents"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    documents = {name: loaded(text) for name, text in texts.items()}
    content = json.dumps({"of": digest, "documents": documents}, ensure_ascii=False)
    with suppress(InputProblems):  # a folder that cannot be written to: it is read again next time
        write_whole(kept, content.encode())
    return documents


def _shipped() -> dict[str, str]:
    """Return the texts of the scenario files that ship, by file name."""
    folders = sorted(files("stepdown.scenarios").iterdir(), key=lambda f: f.name)
    return {
        file.name: file.read_text(encoding="utf-8")
        for sector in folders
        if sector.is_dir() and not sector.name.startswith("_")
        for file in sorted(sector.iterdir(), key=lambda f: f.name)
        if file.name.endswith(".yaml")
    }


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
