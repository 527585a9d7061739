"""Reading a study file: YAML with the place of every mistake."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from stepdown.evaluation.study import Design, Outcome, Study, names_deaths
from stepdown.incidents.sources import Data
from stepdown.problems import InputProblems, Problem
from stepdown.wrong_values import expected_of

MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class StudyFile:
    """A study file as far as it could be understood.

    `study` is None when the file breaks the schema; then `data` and `outcome_names` still hold
    what was readable, so that the data can be checked in the same go.
    """

    path: Path
    sha256: str
    study: Study | None
    data: Any  # PanelData | RawData | None
    outcome_names: tuple[str, ...]
    problems: tuple[Problem, ...]
    tree: CommentedMap

    def where(self, *loc: str | int) -> str:
        """Name the line of a field: `study.yaml line 4, outcomes[0].name`."""
        return _where(self.path, self.tree, loc)


def read_study(path: Path) -> StudyFile:
    """Read a study file and collect everything wrong with it.

    Raises InputProblems when it cannot be read as YAML at all.
    """
    text = _text_of(path)
    tree = _tree_of(path, text)
    problems: list[Problem] = []
    study = None
    try:
        study = Study.model_validate(_plain(tree))
    except ValidationError as error:
        problems += [_problem(path, tree, dict(e)) for e in error.errors()]
    study_file = StudyFile(
        path=path,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        study=study,
        data=study.data if study else readable(tree.get("data"), Data),
        outcome_names=_names(tree.get("outcomes")) + _names(tree.get("counts_only")),
        problems=(),
        tree=tree,
    )
    problems += _missing_assigned(study_file)
    return StudyFile(
        **{f: getattr(study_file, f) for f in study_file.__slots__ if f != "problems"},
        problems=tuple(problems),
    )


def death_outcomes(study_file: StudyFile) -> list[tuple[int, Outcome]]:
    """List the outcomes that count deaths, with their place in the file."""
    outcomes = readable_items(study_file.tree.get("outcomes"), Outcome)
    return [
        (n, o) for n, o in outcomes.items() if names_deaths(o.name) or names_deaths(o.unit_of_count)
    ]


def _text_of(path: Path) -> str:
    def refuse(given: str, expected: str, fix: str) -> InputProblems:
        return InputProblems(path.name, [Problem(str(path), given, expected, fix)])

    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise refuse("no such file", "a study file", "check the path and the name") from None
    except OSError as error:
        raise refuse(
            error.strerror or str(error), "a readable file", "check the path and its permissions"
        ) from None
    if len(raw) > MAX_BYTES:
        raise refuse(
            f"{len(raw):,} bytes", f"at most {MAX_BYTES:,} bytes", "is this the data, not the plan?"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            f"byte {error.start} is not UTF-8", "a text file in UTF-8", "save the file as UTF-8"
        ) from None


def _tree_of(path: Path, text: str) -> CommentedMap:
    try:
        tree = YAML(typ="rt").load(StringIO(text))
    except (YAMLError, ValueError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        detail = (error.problem if isinstance(error, MarkedYAMLError) else None) or str(error)
        problem = Problem(
            f"{path.name}{line}", detail.splitlines()[0], "YAML", "correct the line named here"
        )
        raise InputProblems(path.name, [problem]) from None
    if not isinstance(tree, CommentedMap):
        problem = Problem(
            path.name,
            "no fields" if tree is None else "a list" if isinstance(tree, list) else "plain text",
            "fields such as title, data, design, outcomes",
            "start from the example in the README",
        )
        raise InputProblems(path.name, [problem])
    return tree


def _plain(node: Any) -> Any:
    """Strip ruamel's wrappers, so that messages show plain values."""
    if isinstance(node, dict):
        return {str(k): _plain(v) for k, v in node.items()}
    if isinstance(node, list):
        return [_plain(v) for v in node]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


def readable(node: Any, kind: Any) -> Any:
    """Validate one part of the file by itself; None if it is wrong."""
    try:
        return TypeAdapter(kind).validate_python(_plain(node))
    except ValidationError:
        return None


def readable_items(node: Any, kind: type[Any]) -> dict[int, Any]:
    """Validate the items of a list one by one; the wrong ones are left out, places kept."""
    if not isinstance(node, list):
        return {}
    return {n: v for n, item in enumerate(node) if (v := readable(item, kind)) is not None}


def _names(node: Any) -> tuple[str, ...]:
    """Outcome names, also of items that are wrong in some other field."""
    items = node if isinstance(node, list) else []
    names = [item.get("name") for item in items if isinstance(item, dict)]
    return tuple(dict.fromkeys(str(n) for n in names if isinstance(n, str)))


def _missing_assigned(study_file: StudyFile) -> list[Problem]:
    design = readable(study_file.tree.get("design"), Design)
    data = study_file.data
    if design is None or data is None:
        return []
    table = getattr(data, "people", data)
    place = ("data", "people") if table is not data else ("data",)
    problems = []
    if table.assigned is None and (design.assignment == "randomized" or table.trained is None):
        problems.append(
            Problem(
                study_file.where(*place),
                "no `assigned` column",
                "the date each unit was assigned to be trained"
                if design.assignment == "randomized"
                else "`assigned` or `trained`",
                "name the column that holds the drawn date; the actual date goes under `trained`",
            )
        )
    if design.level == "cluster" and table.cluster is None:
        problems.append(
            Problem(
                study_file.where("design", "level"),
                "level: cluster, but no `cluster` column",
                "the column that names the cluster that was randomized",
                f"add `cluster: …` under {'.'.join(place)}",
            )
        )
    if design.spillover and (design.level == "cluster" or table.cluster is None):
        given = "level: cluster" if design.level == "cluster" else "no `cluster` column"
        problems.append(
            Problem(
                study_file.where("design", "spillover"),
                f"spillover: true, but {given}",
                "single units drawn, and a column that names who works with whom",
                f"add `cluster: …` under {'.'.join(place)}, or leave spillover out",
            )
        )
    return problems


def _problem(path: Path, tree: CommentedMap, error: dict[str, Any]) -> Problem:
    loc = tuple(part for part in error["loc"] if part not in ("panel", "raw", "str", "float"))
    if error["loc"][-1:] == ("panel",):  # the field, not the tag of the union
        loc = (*loc, "panel")
    where = _where(path, tree, loc)
    given = error.get("input")
    kind = error["type"]
    if kind == "missing":
        return Problem(where, "missing", f"the field `{loc[-1]}`", f"add `{loc[-1]}: …`")
    if kind == "extra_forbidden":
        return Problem(where, f"unknown field `{loc[-1]}`", _fields_at(loc), _closest(loc))
    if kind == "value_error" and not loc:
        return Problem(
            where, _reason(error), "a plan that agrees with itself", "remove what is twice"
        )
    return Problem(where, _shown(given), expected_of(error), "correct the value")


def _reason(error: dict[str, Any]) -> str:
    return str(error["msg"]).removeprefix("Value error, ")


def _shown(given: Any) -> str:
    text = repr(given) if not isinstance(given, dict) else f"fields {', '.join(map(str, given))}"
    return text if len(text) <= 80 else text[:77] + "…"


def _fields_at(loc: tuple[Any, ...]) -> str:
    names = _known_fields(loc)
    return f"one of {', '.join(names)}" if names else "a known field"


def _closest(loc: tuple[Any, ...]) -> str:
    close = difflib.get_close_matches(str(loc[-1]), _known_fields(loc), n=1)
    return f"did you mean `{close[0]}`?" if close else "remove it"


def _known_fields(loc: tuple[Any, ...]) -> list[str]:
    """Fields allowed beside the one at `loc`, read off the published schema."""
    schema = Study.model_json_schema()
    nodes = [schema]
    for part in loc[:-1]:
        step = [
            n["items"] if isinstance(part, int) else n["properties"].get(part)
            for n in nodes
            if ("items" if isinstance(part, int) else "properties") in n
        ]
        nodes = [r for n in step if n for r in _resolved(n, schema)]
    return sorted({name for n in nodes for name in n.get("properties", {})})


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    options = node.get("anyOf") or node.get("oneOf") or [node]
    return [schema["$defs"][o["$ref"].split("/")[-1]] if "$ref" in o else o for o in options]


def _where(path: Path, tree: CommentedMap, loc: tuple[Any, ...]) -> str:
    """Name the deepest line that exists on the way to `loc`, and the field."""
    line: int | None = None
    node: Any = tree
    for part in loc:
        position = _position(node, part)
        if position is None:
            break
        line = position
        node = node[part]
    dotted = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in loc).lstrip(".")
    at = f" line {line + 1}" if line is not None else ""
    return f"{path.name}{at}" + (f", {dotted}" if dotted else "")


def _position(node: Any, part: str | int) -> int | None:
    if isinstance(node, CommentedMap) and part in node:
        return int(node.lc.key(part)[0])
    if isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
        return int(node.lc.item(part)[0])
    return None
