"""Read YAML that people write; everything wrong with it is said at once, with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    ScalarEvent,
)
from ruamel.yaml.nodes import MappingNode, SequenceNode

from stepdown.problems import InputProblems, Phrase, Problem
from stepdown.wrong_values import Fault, Place, faults, placed, shown

MOST_BYTES = 2 * 1024 * 1024
DEEPEST = 50
"""Levels of nesting; no file of ours has ten. The quick parser has no bound of its own."""
MOST_SAID = 200
HALF = re.compile("[\ud800-\udfff]")
"""Half a character: no text that can be stored or sent has one."""

LINE = "%(name)s: line %(line)d, %(place)s"
WHOLE = "%(name)s: line %(line)d, the whole"
MORE, FIRST = "%(number)d more problems", "mend these first"
Read = TypeVar("Read")
Wrong = tuple[Place, Any, str]
"""Where something wrong stands, what was given, and what is expected."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file, as a reader is told of it: `one` is "a scenario", `fix` what to do now."""

    one: str
    fields: str
    fix: str


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
        if isinstance(event, ScalarEvent) and (mark := HALF.search(event.value)):
            line = event.start_mark.line + 1
            raise YAMLError(f"half a character, U+{ord(mark[0]):04X} (line {line})")
    return yaml.load(text)


def _composed(yaml: YAML, text: str) -> Any:
    return yaml.compose(text)


def file_text(path: Path, kind: Kind) -> str:
    """Return the text of a file of at most 2 MiB. Raises InputProblems."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _refused(path.name, kind, [(str(path), "over 2 MiB", f"one file of {kind.one}")])
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        what = error.strerror or "?"
        raise _refused(
            path.name, kind, [(str(path), what, f"{kind.one} in a file that can be read")]
        ) from error
    except UnicodeDecodeError as error:
        raise _refused(
            path.name, kind, [(str(path), f"byte {error.start}", "text in UTF-8")]
        ) from error


def read_into(
    text: str,
    name: str,
    kind: Kind,
    read: Callable[[dict[Any, Any]], Read],
    also: Callable[[dict[Any, Any]], Iterable[Wrong]] = lambda _: (),
    model: type[BaseModel] | None = None,
) -> Read:
    """Read a text into a model with `read`, which may raise pydantic's ValidationError.

    `also` finds what is wrong besides, in the document as it was loaded. `model` is what is read:
    its fields are offered for those that it does not know. Raises InputProblems.
    """
    document = _document(text, name, kind)
    found: Read | None = None
    wrong: list[Fault] = []
    more, cause = 0, None
    try:
        found = read(document)
    except ValidationError as error:
        cause = error
        wrong = faults(error, model)
    except RecursionError as error:
        raise _refused(name, kind, [(name, "nested too deeply", kind.one)]) from error
    wrong += [(place, shown(given), said, None) for place, given, said in also(document)]
    wrong, more = wrong[:MOST_SAID], len(wrong) - MOST_SAID
    if wrong or found is None:
        said = _said(text, name, kind, wrong)
        if more > 0:
            given = Phrase.of(MORE, number=more)
            said.append(Problem(name, given, kind.one, Phrase(FIRST)))
        raise InputProblems(name, said) from cause
    return found


def _document(text: str, name: str, kind: Kind) -> dict[Any, Any]:
    try:
        document = loaded(text)
    except (YAMLError, RecursionError, ValueError, TypeError, AttributeError, KeyError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}: line {mark.line + 1}, column {mark.column + 1}" if mark else name
        said = (str(getattr(error, "problem", None) or error).splitlines() or ["?"])[0][:200]
        raise _refused(name, kind, [(where, said, "YAML")]) from error
    if not isinstance(document, dict):
        raise _refused(name, kind, [(name, type(document).__name__, kind.fields)])
    return document


def _said(text: str, name: str, kind: Kind, wrong: list[Fault]) -> list[Problem]:
    node = _quickly(_composed, text)
    return [
        Problem(_where(name, _line(node, place), place), given, expected, fix or Phrase(kind.fix))
        for place, given, expected, fix in wrong
    ]


def _where(name: str, line: int, place: Place) -> str:
    told = {"name": name, "line": line, "place": placed(place)}
    if not place:
        return Phrase.of(WHOLE, **told)
    return Phrase.of(LINE, **told)


def _line(node: Any, place: Place) -> int:
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


def _refused(name: str, kind: Kind, wrong: list[tuple[str, str, str]]) -> InputProblems:
    return InputProblems(name, [Problem(*each, Phrase(kind.fix)) for each in wrong])
