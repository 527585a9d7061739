import contextlib
import io
import re
from pathlib import Path

from stepdown.interop.roster_mapping import FIELDS, RosterMapping, read_mapping

DOCS = Path(__file__).resolve().parents[2] / "docs"


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text(), re.M | re.S)


def test_the_example_prints_what_the_page_shows():
    (code,) = blocks("how-to/rosters.md", "python")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "rosters.md", "exec"), {})
    assert [out.getvalue()] == blocks("how-to/rosters.md", "text")


def test_every_mapping_shown_is_valid():
    for page in ("how-to/rosters.md", "reference/roster.md"):
        for text in blocks(page, "yaml"):
            assert read_mapping(text).columns


def test_every_column_and_field_is_on_the_page():
    page = (DOCS / "reference/roster.md").read_text()
    assert all(f"`{name}`" in page for name in (*FIELDS, *RosterMapping.model_fields))
