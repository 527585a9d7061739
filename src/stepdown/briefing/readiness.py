"""One page on readiness for the chief, as HTML and as PDF with the same words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any
from unicodedata import east_asian_width

from stepdown.briefing.numbers import plural
from stepdown.briefing.typeset import Paper, breakable, typeset
from stepdown.retention.readiness import SMALLEST_SHARE, Counts, Readiness, Row

LONGEST_NAME = 48
"""Characters of a unit's name in the PDF, where a row has one line; the HTML has them all."""


def readiness_pdf(
    found: Readiness, note: str = "", warnings: Sequence[str] = (), paper: Paper = "a4"
) -> bytes:
    """Set the page as a tagged PDF: one page for up to 40 units, more pages for more.

    `note` stands at the foot, such as that the rules are an example; `warnings` above the tables.
    """
    values = _values(found, note, warnings)
    values["paper"] = paper
    values["units"] = [[_cut(row[0]), *row[1:]] for row in values["units"]]
    values["topics"] = [[_cut(row[0]), *row[1:]] for row in values["topics"]]
    values["agency"] = breakable(values["agency"])
    return typeset("readiness.typ", values, fonts_of_machine=True)


def readiness_html(found: Readiness, note: str = "", warnings: Sequence[str] = ()) -> str:
    """Write the page as one self-contained, accessible HTML file: no script, nothing loaded."""
    values = _values(found, note, warnings)
    style = files("stepdown.briefing").joinpath("templates/readiness.css").read_text("utf-8")
    title = escape(values["title"])
    said = "".join(f"<p>{escape(text)}</p>\n" for text in values["said"])
    bar = "".join(
        f'<span class="{name}" style="flex:{count}"></span>'
        for name, count, _ in values["bar"]
        if count
    )
    key = "".join(
        f'<li><span class="{name}"></span>{escape(text)}</li>' for name, _, text in values["bar"]
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f'<h1 dir="auto">{escape(values["agency"])}</h1>\n'
        f'<p class="what">{escape(values["what"])}</p>\n'
        f'<p class="answer">{escape(values["answer"])}</p>\n'
        f'<div class="bar" aria-hidden="true">{bar}</div>\n<ul class="key">{key}</ul>\n{said}'
        f"{_table('By topic', 'Topic', values, 'topics')}"
        f"{_table('By unit', 'Unit', values, 'units')}"
        f'<p class="foot">{escape(values["foot"])}</p>\n</main>\n</body>\n</html>\n'
    )


def _table(title: str, first: str, values: dict[str, Any], key: str) -> str:
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in (first, *values["columns"]))
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>\n"
        for row in values[key]
    )
    return (
        f'<h2 id="{key}">{title}</h2>\n<div class="scroll" tabindex="0" role="region" '
        f'aria-labelledby="{key}">\n<table aria-labelledby="{key}">\n'
        f"<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )


def _values(found: Readiness, note: str, warnings: Sequence[str]) -> dict[str, Any]:
    day = _day(found.day)
    return {
        "agency": _shown(found.agency) or "Our agency",
        "title": f"Readiness of {_shown(found.agency) or 'our agency'}, {day}",
        "what": f"Readiness, {day}",
        "answer": _answer(found),
        "said": [*_said(found), *(_shown(text) for text in warnings)],
        "bar": _bar(found.everybody),
        "columns": [
            "People", "Exempt", "Done", "Share", "Owing", "Overdue",
            *(f"Lapse in {w} days" for w in found.windows),
        ],
        "topics": [_row(row) for row in found.topics],
        "units": [_row(row) for row in found.units],
        "continues": f"The table of {plural(len(found.units), 'unit')} goes on overleaf.",
        "foot": " ".join(t for t in (_foot(found), _shown(note)) if t),
    }  # fmt: skip


def _answer(found: Readiness) -> str:
    counts = found.everybody
    if not counts.asked:
        return "Nobody is asked for anything on this day."
    share = f" ({_percent(counts)})" if counts.share is not None else ""
    has = "has" if counts.done == 1 else "have"
    return (
        f"{counts.done:,} of {_people(counts.asked)} {has} done what is asked of them now{share}. "
        f"{_owing(found)}{_overdue(counts.lapsed)}"
    )


def _owing(found: Readiness) -> str:
    n = found.everybody.owing
    if found.owed_by is None:
        return ""
    first, last = found.owed_by
    by = f"by {_day(first)}" if first == last else f"between {_day(first)} and {_day(last)}"
    return f"{n:,} still {'owes' if n == 1 else 'owe'} hours, due {by}. "


def _overdue(n: int) -> str:
    return f"{n:,} {'is' if n == 1 else 'are'} overdue." if n else "Nobody is overdue."


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _said(found: Readiness) -> list[str]:
    counts = found.everybody
    soon = [
        f"{number:,} within {window} days"
        for window, number in zip(found.windows, counts.lapsing, strict=True)
    ]
    said = [f"Of those not overdue, {' and '.join(soon)} will lapse unless they train; the later "
            "number includes the earlier."] if counts.ready else []  # fmt: skip
    if counts.exempt:
        verb = "is" if counts.exempt == 1 else "are"
        said.append(f"{_people(counts.exempt)} {verb} exempt and counted in no share.")
    return said


def _bar(counts: Counts) -> list[tuple[str, int, str]]:
    return [
        ("steady", counts.done, f"done: {counts.done:,}"),
        ("soon", counts.owing, f"still owing: {counts.owing:,}"),
        ("lapsed", counts.lapsed, f"overdue: {counts.lapsed:,}"),
        ("exempt", counts.exempt, f"exempt: {counts.exempt:,}"),
    ]


def _row(row: Row) -> list[str]:
    c = row.counts
    numbers = (c.people, c.exempt, c.done)
    return [
        _shown(row.name) or "(no name)",
        *(f"{n:,}" for n in numbers),
        _percent(c) if c.share is not None else "–",
        *(f"{n:,}" for n in (c.owing, c.lapsed, *c.lapsing)),
    ]


def _percent(counts: Counts) -> str:
    """Write a share rounded down, so that only everybody is 100 %."""
    return f"{100 * counts.done // counts.asked}%"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _foot(found: Readiness) -> str:
    return (
        "Done: nothing that is asked at present is lacking. Owing: something is lacking, and not "
        "yet overdue. Share: done, of those asked, without the exempt, rounded down; "
        f"not given below {SMALLEST_SHARE} people. Units stand by name: this is no "
        f"ranking. {plural(len(found.units), 'unit')}."
    )


def _shown(text: str) -> str:
    """Leave out what is no text; what is left is set as it stands."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else "" for c in text).split())


def _cut(text: str) -> str:
    """Cut a name to one line; East Asian characters are twice as wide."""
    width, kept = 0, ""
    for character in text:
        width += 1 + (east_asian_width(character) in "WF")
        if width >= LONGEST_NAME:
            return breakable(kept) + "…"
        kept += character
    return breakable(kept)
