from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.briefing.conftest import HOSTILE, Written

CASES = ["chicago", "simulated", "observational", "hostile"]
LOADING = {"src", "srcset", "href", "xlink:href", "action", "data", "poster", "background"}
LOADERS = {"script", "link", "img", "iframe", "object", "embed", "base", "form", "image", "use"}


class Reader(HTMLParser):
    """Collect tags, ids, headings, addresses and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.levels: list[int] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in LOADING:
                self.addresses.append(value or "")
            assert not name.startswith("on"), (tag, name)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_loaded_and_nothing_runs(written: dict[str, Written], case: str) -> None:
    html = written[case].html
    page = Reader(html)
    assert not page.tags & LOADERS
    assert all(a.startswith("#") for a in page.addresses)
    assert not re.search(r"url\((?!#)|@import", html.split("</style>")[0])
    assert "http" not in re.sub(r"http-equiv", "", html)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html


@pytest.mark.parametrize("case", CASES)
def test_ids_are_unique_and_headings_skip_no_level(written: dict[str, Written], case: str) -> None:
    page = Reader(written[case].html)
    assert len(page.ids) == len(set(page.ids))
    assert page.levels[0] == 1
    assert page.levels.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(page.levels, page.levels[1:], strict=False))


def test_hostile_text_is_inert(written: dict[str, Written]) -> None:
    html = written["hostile"].html
    page = Reader(html)
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert HOSTILE in page.text
    assert "49" not in page.text.split("Who was trained when")[0].split(HOSTILE)[1][:20]


@pytest.mark.parametrize("case", ["chicago", "simulated", "observational"])
def test_the_detectable_change_precedes_the_effect(written: dict[str, Written], case: str) -> None:
    text = Reader(written[case].html).text
    assert text.index("likely to be seen here") < min(
        text.index(words)
        for words in ("best estimate is", "the level was", "Best estimate")
        if words in text
    )


def test_labels_stand_on_top(written: dict[str, Written]) -> None:
    for case, label in (
        ("simulated", "Simulated data."),
        ("observational", "Not a test of cause and effect."),
    ):
        html = written[case].html
        assert html.index(label) < html.index("<h1")
    assert "Simulated data" not in written["chicago"].html


def test_every_picture_has_a_name_and_its_numbers(written: dict[str, Written]) -> None:
    html = written["chicago"].html
    names = re.findall(r'role="img" aria-label="([^"]+)"', html)
    assert len(names) == 5
    assert all(len(name) > 40 for name in names)
    assert html.count("<figure>") == html.count("<details>") == 4


def test_tables_have_captions_and_scopes(written: dict[str, Written]) -> None:
    html = written["simulated"].html
    assert html.count("<table>") == html.count("<caption>")
    assert 'scope="col"' in html
    assert 'scope="row"' in html
    assert html.count('class="scroll" tabindex="0" role="region" aria-label=') == html.count(
        "<table>"
    )
