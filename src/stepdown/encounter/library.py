"""Find and read scenario files; everything wrong with one is said at once, with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    ScalarEvent,
)
from ruamel.yaml.nodes import MappingNode, SequenceNode

from stepdown.encounter.scenario import Scenario
from stepdown.kept import kept
from stepdown.problems import InputProblems, Problem

MOST_BYTES = 2 * 1024 * 1024
DEEPEST = 50
"""Levels of nesting; a scenario has eight. The quick parser has no bound of its own."""
MOST_SAID = 200
_HALF = re.compile("[\ud800-\udfff]")
_FIX = "correct the file; docs/reference/scenario.md explains every field"


def loaded(text: str) -> Any:
    """Return what a YAML text holds. Raises YAMLError, for aliases too: they can grow unbounded."""
    return _quickly(_loaded, text)


def _quickly(read: Callable[[YAML, str], Any], text: str) -> Any:
    """Ask the quick parser first; what it does not take, the one that takes all of YAML decides."""
    try:
        return read(YAML(typ="safe"), text)
    except YAMLError:
        return read(YAML(typ="safe", pure=True), text)


def _loaded(yaml: YAML, text: str) -> Any:
    depth = 0
    for event in yaml.parse(text):
        if isinstance(event, AliasEvent):
            raise YAMLError(f"aliases are not allowed (line {event.start_mark.line + 1})")
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            raise YAMLError(f"nested too deeply (line {event.start_mark.line + 1})")
        if isinstance(event, ScalarEvent) and (mark := _HALF.search(event.value)):
            line = event.start_mark.line + 1
            raise YAMLError(f"half a character, U+{ord(mark[0]):04X} (line {line})")
    return yaml.load(text)


def _composed(yaml: YAML, text: str) -> Any:
    return yaml.compose(text)


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
        node = _quickly(_composed, text)
        wrong = [
            (f"{name}: line {_line(node, e['loc'])}, {'.'.join(map(str, e['loc'])) or 'the whole'}",
             repr(e["input"])[:80], e["msg"].removeprefix("Value error, "))
            for e in error.errors(include_url=False)[:MOST_SAID]
        ]  # fmt: skip
        if error.error_count() > MOST_SAID:
            more = error.error_count() - MOST_SAID
            wrong.append((name, f"{more} more problems", "a scenario: mend these first"))
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
