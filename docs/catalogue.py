"""Bring the catalogues of translations up to date with the code, and compile them.

Run: make words. Every text marked for translation in templates and code is listed, with the words
of the libraries that pages show; what is no longer used goes. Texts without a translation stay empty.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize
from ruamel.yaml import YAML

from stepdown import wrong_values, yaml_text
from stepdown.encounter import drawing, policy, scene
from stepdown.encounter import library as encounter_library
from stepdown.encounter.crisis import CRISIS_LINE
from stepdown.encounter.library import library
from stepdown.encounter.moves import catalogue
from stepdown.encounter.review import chart, rubric
from stepdown.encounter.review.page import WORTH
from stepdown.encounter.review.reading import RISKS
from stepdown.encounter.review.review import OUTCOMES, TOLD
from stepdown.retention import curriculum_file, hours_rules, words
from stepdown.technique.codebook import CODES
from stepdown.web.policy import Action

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "src" / "stepdown" / "web"
LANGUAGES = ("es",)
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
            "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2)}  # fmt: skip
NO_HEADERS = (
    '"POT-Creation',
    '"PO-Revision',
    '"Generated',
    '"Report-',
    '"Last-Tr',
    '"Language-Team',
)
STAFF = ("templates/teach/assess", "templates/teach/assign.html", "templates/teach/assignment",
         "templates/teach/numbers", "templates/teach/scenario", "templates/teach/unit",
         "templates/teach/watch", "templates/teach/part/", "templates/people/",
         "templates/audit/audit", "practice/numbers",
         "practice/views/numbers", "practice/views/teach", "practice/views/assess",
         "practice/assessing", "practice/uploading", "practice/views/scenario_files",
         "accounts/admin", "accounts/agencies", "accounts/people", "audit/", "api/",
         "templates/privacy/staff/")  # fmt: skip
"""Pages of instructors and administrators: marked, and not yet required in every language."""

PLAINLY = ("risk", "wants", "who", "teach", "numbers", "responder", "person", "other")
"""Ids that pages show by `plainly`, besides those of the libraries: parts of a reading, scopes,
and who was hurt."""

FILES = (encounter_library.KIND, curriculum_file.KIND, hours_rules.KIND)
"""Kinds of files that are sent to a site."""

NOTING = ("note", "noted", "_factor")
"""Functions that write to the audit log; what was done comes second or third."""
ACTING = ("Act", "_noted")
"""What makes acts that are noted many at once; what was done comes first."""

Key = tuple[str, ...]


def _messages(path: Path) -> Iterator[Key]:
    if path.suffix == ".py":
        source = path.read_bytes()
    else:
        source = templatize(path.read_text(encoding="utf-8"), origin=path.name).encode()
    for _, message, *_ in extract("python", io.BytesIO(source), KEYWORDS):
        yield message if isinstance(message, tuple) else (message,)


def marked(*, trainees_only: bool = False) -> set[Key]:
    """Return every text that is marked; a plural is (one, many), one with context (context, text)."""
    found: set[Key] = set()
    for path in [
        *sorted(WEB.rglob("*.py")),
        *sorted(WEB.rglob("*.html")),
        *sorted(WEB.rglob("*.txt")),
    ]:
        place = path.relative_to(WEB).as_posix()
        if not (trainees_only and place.startswith(STAFF)):
            found |= set(_messages(path))
    for told in (words, wrong_values):
        found |= set(_messages(Path(told.__file__)))
    return found | {(text,) for text in library_words()}


def _noted() -> set[str]:
    """Return the acts, kinds and outcomes of the audit log: people read what others did."""
    found = {"done", *(action.value for action in Action)}
    for path in WEB.rglob("*.py"):
        found |= noted_in(path.read_bytes())[0]
    return found


def noted_in(source: bytes) -> tuple[set[str], list[int]]:
    """Return what a module notes in the audit log, and the lines whose act cannot be read there.

    An act is written out, named by a constant, one of `Action`, or handed on by a parameter.
    """
    tree = ast.parse(source)
    known, aliases = _constants(tree), _aliases(tree)
    found: set[str] = set()
    unread = []
    for node in ast.walk(tree):
        called = _name(node.func) if isinstance(node, ast.Call) else ""
        called = aliases.get(called, called)
        if not isinstance(node, ast.Call) or called not in (*NOTING, *ACTING):
            continue
        args = node.args[1:3] if called in NOTING else node.args[:2]
        given = [*args, *(k.value for k in node.keywords if k.arg == "outcome")]
        for each in given:
            found |= _texts(each, known)
        act = args[-1 if called == "_factor" else 0] if args else None
        if called in (*NOTING, "Act") and act is not None and not _is_read(act, known):
            unread.append(node.lineno)
    return found - {""}, unread


def _constants(tree: ast.Module) -> dict[str, set[str]]:
    """Return the names of a module that stand for texts, wherever they are given one."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for name, value in (pair for each in node.targets for pair in _pairs(each, node.value)):
                if isinstance(value, ast.Constant | ast.IfExp):
                    found.setdefault(name, set()).update(_texts(value, {}))
    return {name: texts for name, texts in found.items() if texts}


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names of an assignment with what each is given; of several at once, one by one."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, given in zip(target.elts, value.elts, strict=False):
            yield from _pairs(one, given)


def _aliases(tree: ast.Module) -> dict[str, str]:
    """Return what a module calls the functions that write to the audit log."""
    rows = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    names = (name for row in rows if row.module == "stepdown.web.audit.log" for name in row.names)
    return {name.asname: name.name for name in names if name.asname}


def _texts(given: ast.expr, known: dict[str, set[str]]) -> set[str]:
    parts = list(ast.walk(given))
    found = {p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)}
    return found.union(*(known.get(p.id, set()) for p in parts if isinstance(p, ast.Name)))


def _is_read(act: ast.expr, known: dict[str, set[str]]) -> bool:
    """Say whether an act is known from its module: a text, or one of `Action`."""
    if isinstance(act, ast.Attribute):
        return ast.unparse(act).startswith("Action.") and act.attr == "value"
    return bool(_texts(act, known))


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


@cache
def library_words() -> frozenset[str]:
    """Return the words of the libraries that pages show by `said` and `plainly`."""
    found = {*scene.SENTENCES, *drawing.WORDS, *TOLD, *OUTCOMES.values(), "not ended",
             WORTH, *rubric.sentences(), CRISIS_LINE, chart.TITLE, chart.MARK, chart.SOLID,
             chart.DASHED, chart.SHAPES, *PLAINLY, *_noted()}  # fmt: skip
    source = Path(policy.__file__).read_text(encoding="utf-8")
    found |= set(re.findall(r'(?<!")"([A-Z][^"{]*\.)"(?!")', source))
    for move in catalogue().values():
        found |= {
            text for text in (move.label, move.says, move.fails, move.refused, move.arrived) if text
        }
    rules = YAML(typ="safe", pure=True).load(
        (Path(rubric.__file__).parent / "rubric.yaml").read_text(encoding="utf-8")
    )
    for domain in rules["domains"]:
        found |= {domain["name"], domain["from"]}
    for curriculum in curriculum_file.shipped().values():
        found |= {technique.name for technique in curriculum.techniques}
    found |= {word.replace("_", " ") for word in (*RISKS, *CODES)}
    found |= {scenario.sector.replace("_", " ") for scenario in library().values()}
    for kind in FILES:
        found |= {kind.one, kind.fields, kind.fix}
    found |= {yaml_text.LINE, yaml_text.WHOLE, yaml_text.MORE, yaml_text.FIRST}
    return frozenset(text for text in found if text)


def catalogue_of(language: str) -> Catalog:
    """Return the catalogue of a language as it is kept."""
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language, project="stepdown", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(kept: Catalog) -> Catalog:
    """Return a catalogue with every marked text and no other; translations stay."""
    new = Catalog(
        locale=kept.locale, project="stepdown", charset="utf-8", header_comment="", fuzzy=False
    )
    for key in sorted(marked()):
        message_id = key if len(key) == 2 else key[0]
        old = kept.get(message_id)
        new.add(message_id, old.string if old else None)
    return new


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue in the form that is read at run time."""
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def _path(language: str) -> Path:
    return WEB / "locale" / language / "LC_MESSAGES" / "django.po"


def write(language: str) -> int:
    """Write a language's catalogue and its compiled form; return how many texts have no words."""
    catalogue = updated(catalogue_of(language))
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    write_po(out, catalogue, width=0, omit_header=False, sort_output=True)
    lines = out.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(NO_HEADERS)]
    path.write_text("".join(kept), encoding="utf-8")
    path.with_suffix(".mo").write_bytes(compiled(catalogue_of(language)))
    return sum(1 for message in catalogue if message.id and not message.string)


def main() -> None:
    """Write every language."""
    for language in LANGUAGES:
        sys.stderr.write(f"{language}: {write(language)} texts without a translation\n")


if __name__ == "__main__":
    main()
