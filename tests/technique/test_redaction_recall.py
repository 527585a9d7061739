"""What benchmarks/redaction.md publishes is held by the rules."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from stepdown.technique.redaction import KINDS

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "redaction.py"
STRUCTURED = tuple(kind for kind in KINDS if kind != "name")


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("redaction_benchmark", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_third_line_is_held_out_and_every_span_is_inside_its_line(bench):
    for name in ("redaction_lines.jsonl", "redaction_clean.jsonl"):
        rows = bench.read(name)
        assert [row["held_out"] for row in rows] == [i % 3 == 2 for i in range(len(rows))]
        for row in rows:
            for start, end, kind in row["spans"]:
                assert 0 <= start < end <= len(row["text"])
                assert kind in KINDS


@pytest.mark.parametrize(
    ("held_out", "style", "names", "structured"),
    [
        (False, "cased", 0.98, 1.0),
        (False, "recogniser", 0.98, 1.0),
        (True, "cased", 0.95, 0.95),
        (True, "recogniser", 0.90, 0.90),
    ],
)
def test_recall_is_what_was_published(bench, held_out, style, names, structured):
    score = bench.score(bench.ours, held_out, (style,))
    found = score.total(("name",))
    assert found.whole / found.spans >= names
    found = score.total(STRUCTURED)
    assert found.whole / found.spans >= structured


@pytest.mark.parametrize(("held_out", "most"), [(False, 0), (True, 1)])
def test_clean_lines_are_left_alone(bench, held_out, most):
    assert bench.score(bench.ours, held_out).alarms <= most


def test_three_of_four_names_in_no_list_are_found_by_their_context(bench):
    spans = found = 0
    for row in map(bench.renamed, bench.read("redaction_lines.jsonl")):
        for kind, count in bench.judged(row, bench.ours(row["text"])):
            spans += count.spans * (kind == "name")
            found += count.whole * (kind == "name")
    assert found / spans >= 0.75
