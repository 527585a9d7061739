"""The document as Markdown, for a repository: the same texts and tables, pictures beside it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from stepdown.briefing.blocks import (
    Answer,
    Block,
    Document,
    Figure,
    Heading,
    Items,
    Ladder,
    Note,
    Table,
    Terms,
    Text,
)

_SPECIAL = str.maketrans(
    {c: f"\\{c}" for c in "\\`*_[]|#"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
)


def to_markdown(document: Document, figures: str = "figures") -> str:
    """Write the document; pictures are looked for as SVG in the folder `figures` beside it."""
    parts = [f"# {_plain(document.title)}", _plain(document.summary)]
    parts += [f"**{_plain(n.label)}.** {_plain(n.text)}" for n in document.notices]
    if document.picture and document.picture_first:
        parts += _figure(document.picture, figures)
    parts.append(f"## {_plain(document.heading)}")
    if document.intro:
        parts.append(_plain(document.intro))
    for answer in document.answers:
        parts += _answer(answer)
    parts += [_plain(text) for text in document.shared]
    if document.picture and not document.picture_first:
        parts += _figure(document.picture, figures)
    if document.cautions:
        parts += ["### Before you rely on this", _listed(document.cautions)]
    for section in document.sections:
        parts.append(f"## {_plain(section.heading)}")
        for block in section.blocks:
            parts += _block(block, figures)
    parts.append(_plain(document.colophon))
    return "\n\n".join(parts) + "\n"


def _answer(answer: Answer) -> Iterator[str]:
    role = f" ({_plain(answer.role)})" if answer.role else ""
    yield f"### {_plain(answer.name)}{role}"
    yield f"**{_plain(answer.verdict)}** {_plain(answer.seen)}"
    for text in (answer.finding, answer.meaning, answer.truth, answer.advice):
        if text:
            yield _plain(text)
    if answer.rows:
        yield _rows(answer.rows)


@singledispatch
def _block(block: Block, _figures: str) -> Iterator[str]:
    """Write a block; one function per kind below."""
    raise TypeError(type(block))  # pragma: no cover - every kind is registered


@_block.register
def _(block: Text, _figures: str) -> Iterator[str]:
    lead = f"**{_plain(block.lead)}** " if block.lead else ""
    yield lead + _plain(block.text)
    if block.rows:
        yield _rows(block.rows)


@_block.register
def _(block: Heading, _figures: str) -> Iterator[str]:
    yield f"### {_plain(block.text)}"


@_block.register
def _(block: Items, _figures: str) -> Iterator[str]:
    yield _listed(block.items)


@_block.register
def _(block: Note, _figures: str) -> Iterator[str]:
    yield f"> **{_plain(block.label)}.** {_plain(block.text)}"


@_block.register
def _(block: Terms, _figures: str) -> Iterator[str]:
    yield "\n".join(f"- **{_plain(t)}**: {_plain(v)}" for t, v in block.items)


@_block.register
def _(block: Ladder, _figures: str) -> Iterator[str]:
    for rung in block.rungs:
        yield f"**{_plain(rung.name)}**: {_plain(rung.text)} {_plain(rung.gap)}".rstrip()
        if rung.rows:
            yield _rows(rung.rows)


@_block.register
def _(block: Table, _figures: str) -> Iterator[str]:
    yield _table(block)


@_block.register
def _(block: Figure, figures: str) -> Iterator[str]:
    yield from _figure(block, figures)


def _figure(figure: Figure, figures: str) -> Iterator[str]:
    yield f"**{_plain(figure.title)}**"
    for drawing in figure.drawings:
        yield f"![{_plain(drawing.alt)}]({figures}/{drawing.id}.svg)"
    yield _plain(figure.caption)
    yield _table(figure.table)


def _table(table: Table) -> str:
    cited = bool(table.cites) and not table.names
    columns = (*table.columns, *(["Source rows"] if cited else []))
    lines = [f"**{_plain(table.caption)}**", "", _line(columns),
             "|" + "|".join("---:" if n in table.numeric else "---"
                            for n in range(len(columns))) + "|"]  # fmt: skip
    for n, row in enumerate(table.rows):
        cells = [_plain(c) for c in row]
        if table.names:
            cells[0] = f'<a id="row-{table.names[n]}"></a>{cells[0]}'
        if table.links:
            cells[-1] = f"[{cells[-1]}](<{table.links[n]}>)"
        if cited:
            cells.append(_rows(table.cites[n], label=""))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_plain(c) for c in cells) + " |"


def _rows(rows: tuple[str, ...], label: str = "Source rows: ") -> str:
    return label + ", ".join(f"[{r}](#row-{r})" for r in rows)


def _listed(items: tuple[str, ...]) -> str:
    return "\n".join(f"- {_plain(item)}" for item in items)


def _plain(text: str) -> str:
    """Escape what Markdown would read as markup, and keep a paragraph on one line."""
    return " ".join(text.split()).translate(_SPECIAL)
