"""The pieces a briefing is made of, the same for every format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["good", "bad", "open"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, perhaps with a bold lead-in, and the rows of a table its figures come from."""

    text: str
    lead: str = ""
    rows: tuple[str, ...] = ()
    kind: Literal["text"] = field(default="text", init=False)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: str
    kind: Literal["heading"] = field(default="heading", init=False)


@dataclass(frozen=True, slots=True)
class Items:
    """A plain list."""

    items: tuple[str, ...]
    kind: Literal["items"] = field(default="items", init=False)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that must not be overlooked."""

    label: str
    text: str
    kind: Literal["note"] = field(default="note", init=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms and what they mean, or names and values (`code` when these are for machines)."""

    items: tuple[tuple[str, str], ...]
    code: bool = False
    kind: Literal["terms"] = field(default="terms", init=False)


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the evidence ladder, and the rows of a table its figures come from."""

    name: str
    measured: bool
    text: str
    gap: str = ""
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ladder:
    """The evidence ladder, lowest rung first."""

    rungs: tuple[Rung, ...]
    kind: Literal["ladder"] = field(default="ladder", init=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column names its rows. `marked` are rows that stand out.

    For tables of sources: `names` are the rows' own ids, which others can link to; `cites` the ids
    that a row's figures come from; `links` a web address for each row's last cell.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    marked: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    cites: tuple[tuple[str, ...], ...] = ()
    links: tuple[str, ...] = ()
    kind: Literal["table"] = field(default="table", init=False)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as SVG in sentinel colours, for a desk and for a phone."""

    id: str
    wide: str
    narrow: str
    alt: str


@dataclass(frozen=True, slots=True)
class Figure:
    """Charts that share a caption, and the same data as a table."""

    title: str
    caption: str
    drawings: tuple[Drawing, ...]
    table: Table
    kind: Literal["figure"] = field(default="figure", init=False)


Block = Text | Heading | Items | Note | Terms | Ladder | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the briefing with its own heading."""

    id: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A label that stands on top of every page."""

    label: str
    text: str
    tone: Literal["simulated", "warning"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for one outcome, in reading order."""

    name: str
    role: str
    seen: str
    verdict: str
    tone: Tone
    finding: str
    meaning: str
    truth: str
    advice: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """Everything a briefing says."""

    title: str
    notices: tuple[Notice, ...]
    summary: str
    answers: tuple[Answer, ...]
    shared: tuple[str, ...]
    picture: Figure | None
    cautions: tuple[str, ...]
    sections: tuple[Section, ...]
    colophon: str
    heading: str = "The answer"
    intro: str = ""
    picture_first: bool = False
    sources: tuple[tuple[str, str], ...] = ()
    lang: str = "en"
