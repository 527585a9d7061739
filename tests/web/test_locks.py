import ast
from pathlib import Path

import stepdown.web

WEB = Path(stepdown.web.__file__).parent
AGAINST_ROWS_THAT_REFER = {"privacy/erase.py", "privacy/retention.py", "jobs.py"}
"""Where words go: no turn is added to an encounter meanwhile. Nothing refers to a job's result."""


def test_a_lock_lets_rows_that_refer_to_its_row_be_written_meanwhile():
    wrong, seen = [], 0
    for path in sorted(WEB.rglob("*.py")):
        place = path.relative_to(WEB).as_posix()
        for node in ast.walk(ast.parse(path.read_bytes())):
            name = node.func.attr if _called(node) else ""
            if name == "select_for_update":
                seen += 1
                if not any(k.arg == "no_key" for k in node.keywords):
                    wrong.append(place)
    assert seen > 20
    assert set(wrong) == AGAINST_ROWS_THAT_REFER
    assert len(wrong) == len(AGAINST_ROWS_THAT_REFER)


def _called(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
