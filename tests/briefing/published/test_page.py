"""No figure without its row, and nothing on the page that a stranger could misuse."""

from __future__ import annotations

import itertools
import re
from functools import cache
from html.parser import HTMLParser

import pytest

from stepdown.briefing.numbers import probability
from stepdown.evidence.effects import percent
from stepdown.evidence.pooling import leave_one_out, pool
from stepdown.evidence.shown import percent_of
from stepdown.evidence.synthesis import groups_of
from stepdown.evidence.table import Evidence
from stepdown.evidence.vocabulary import OUTCOMES
from tests.briefing.published.conftest import HOSTILE, Report

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
STRUCTURE = (
    "95% interval", "RoB 2", "read in November 2026", "0.05 is one time in twenty", "sources",
)  # fmt: skip
"""Texts in which a digit is no finding: names of tools, levels of intervals, counts of links."""


class Texts(HTMLParser):
    """Texts of the page's body with the rows they rest on; axis labels of drawings left out."""

    VOID = frozenset({"meta", "br", "input", "hr", "img", "link"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.stack: list[tuple[str, tuple[str, ...]]] = []
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        rows = tuple((values.get("data-rows") or "").split())
        self.ids |= {values["id"] or ""} if "id" in values else set()
        if "href" in values:
            self.links.append(values["href"] or "")
        assert not any(name.startswith("on") for name in values)
        if values.get("aria-label") and tag == "div" and values.get("role") == "img":
            self.found.append((values["aria-label"] or "", self._rows()))
        if tag not in self.VOID:
            self.stack.append((tag, rows))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [t for t, _ in self.stack]
        if "main" not in tags or ("text" in tags and "svg" in tags):
            return
        if data.strip():
            self.found.append((data.strip(), self._rows()))

    def _rows(self) -> tuple[str, ...]:
        return next((rows for _, rows in reversed(self.stack) if rows), ())


HELD = {
    "effect", "low", "high", "level", "p", "published", "uncertainty", "n", "hours", "year",
    "authors", "title", "setting", "outcome", "design", "training", "where_read", "bias_reasons",
}  # fmt: skip
"""Columns whose numbers a text may show; addresses, DOIs and names of rows are not among them."""


@cache
def numbers_of(evidence: Evidence, rows: tuple[str, ...]) -> set[str]:
    """Every number that rows hold or that can be worked out from them."""
    cited = [evidence.row(r) for r in rows]
    known: set[str] = set()
    for row in cited:
        for value in row.model_dump(include=HELD).values():
            known |= set(NUMBER.findall(f"{value:g}" if isinstance(value, float) else str(value)))
        change = percent_of(row)
        if change is not None:
            known |= {f"{abs(change):.0f}", f"{abs(change / 2):.0f}"}
    known |= {str(n) for n in range(len(rows) + 1)}
    for n in range(1, len(rows) + 1):
        known |= {probability(binomial(k, n)) for k in range(n + 1)}
    return known.union(*(said for of, said in pooled_numbers(evidence) if of <= set(rows)))


@cache
def binomial(k: int, n: int) -> float:
    """Exact two-sided probability, from Pascal's triangle."""
    line = [1]
    for _ in range(n):
        line = [1, *(a + b for a, b in itertools.pairwise(line)), 1]
    return sum(c for c in line if c <= line[k]) / 2**n


@cache
def pooled_numbers(evidence: Evidence) -> list[tuple[set[str], set[str]]]:
    """Rows of every pool, and the numbers that follow from them."""
    made = []
    for outcome in OUTCOMES:
        for group in groups_of(evidence, outcome):
            if group.refusal:
                continue
            known: set[str] = set()
            for found in (pool(group.effects), *(w.pool for w in leave_one_out(group.effects))):
                ends = (found.mean, found.low, found.high, found.prediction_low,
                        found.prediction_high)  # fmt: skip
                known |= {f"{abs(percent(v)):.0f}" for v in ends}
                known |= {f"{found.i2:.0f}", f"{found.tau2**0.5:.2f}"}
            made.append(({e.row for e in group.effects}, known))
    return made


@pytest.mark.parametrize("name", ["shipped", "pooled"])
def test_no_figure_on_the_page_lacks_its_source_row(reports: dict[str, Report], name: str) -> None:
    report = reports[name]
    checked = 0
    for text, rows in Texts(report.html).found:
        bare = text
        for allowed in STRUCTURE:
            bare = bare.replace(allowed, "")
        bare = re.sub(r"\b[a-z0-9]+(_[a-z0-9]+)+\b", "", bare)
        found = NUMBER.findall(bare)
        if not found:
            continue
        assert rows, text
        missing = set(found) - numbers_of(report.evidence, rows)
        assert not missing, (text, rows, missing)
        checked += 1
    assert checked > 250


def test_a_figure_written_by_hand_would_be_noticed(reports: dict[str, Report]) -> None:
    evidence = reports["shipped"].evidence
    assert "28.1" in numbers_of(evidence, ("engel2022_lmpd_uof",))
    assert "27.3" not in numbers_of(evidence, ("engel2022_lmpd_uof",))


def test_every_source_row_on_the_page_can_be_followed(reports: dict[str, Report]) -> None:
    page = Texts(reports["shipped"].html)
    inside = {link.removeprefix("#") for link in page.links if link.startswith("#")}
    assert inside <= page.ids
    outside = [link for link in page.links if not link.startswith("#")]
    assert len(outside) == len(reports["shipped"].evidence.rows)
    assert all(link.startswith(("https://", "http://")) for link in outside)


def test_three_trials_with_intervals_are_pooled_from_then_on(reports: dict[str, Report]) -> None:
    before, after = reports["shipped"], reports["pooled"]
    assert "Pooled: police, randomised trial" not in before.html
    assert "Pooled: police, randomised trial" in after.html
    assert "pooled without one study in turn" in after.html
    (group,) = [g for g in groups_of(after.evidence, "force")
                if (g.sector, g.design) == ("police", "randomised")]  # fmt: skip
    found = pool(group.effects)
    assert f"{percent(found.mean):+.0f}% (".replace("-", "−") in after.html


def test_hostile_rows_stay_text(reports: dict[str, Report]) -> None:
    html = reports["hostile"].html
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert not [link for link in Texts(html).links if "javascript" in link]
    markdown = reports["hostile"].markdown
    assert "<script" not in markdown
    assert "](javascript" not in markdown.replace("\\](", "")
    assert HOSTILE not in markdown


def test_the_claims_stand_with_their_wording(reports: dict[str, Report]) -> None:
    html = reports["shipped"].html
    for words in ("Suggestive, not settled.", "Nobody knows.", "Not shown by the cited source.",
                  "Supported."):  # fmt: skip
        assert f'<p class="verdict">{words}</p>' in html


def test_gaps_are_said_and_drawn(reports: dict[str, Report]) -> None:
    html = reports["shipped"].html
    assert "No study found: security staff and citizens." in html
    assert "deaths, police: no study found" in html
