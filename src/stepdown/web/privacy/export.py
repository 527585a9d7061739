"""Everything that is kept about a person, as one ZIP: JSON by table, and the logs of encounters."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from stepdown.web.accounts.models import Agency, Person, Unit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.practice.models import Encounter, Event
from stepdown.web.privacy.asking import ask, noted
from stepdown.web.privacy.rule import Side, Table, rows_of
from stepdown.web.privacy.rules import TABLES

WORDS = "practice.Event"
EPOCH = (1980, 1, 1, 0, 0, 0)


def export(actor: Actor | None, person: UUID, now: datetime) -> Iterator[bytes]:
    """Return the ZIP of a person's data, piece by piece."""
    found = Person.objects.get(pk=person)
    thing = Thing(owner=found.id)
    ask(actor, Action.EXPORT, found, thing)
    with transaction.atomic():
        noted(actor, "exported", found, thing, now)
    return _pieces(found, now)


def _pieces(person: Person, now: datetime) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(cast("IO[bytes]", pipe), "w", zipfile.ZIP_DEFLATED) as archive:
        with _entry(archive, "READ ME.txt", now) as file:
            file.write(_read_me().encode())
        for table in TABLES:
            for side in table.sides:
                if table.model != WORDS:
                    yield from _table(archive, pipe, table, side, person, now)
        given = Encounter.objects.filter(person=person).exclude(assessed=True, ended_at=None)
        for encounter in given.values_list("pk", flat=True):
            with _entry(archive, f"encounters/{encounter}.jsonl", now) as file:
                for line in _lines(encounter):
                    file.write(line.encode() + b"\n")
            yield pipe.taken()
    yield pipe.taken()


def _table(
    archive: zipfile.ZipFile, pipe: _Pipe, table: Table, side: Side, person: Person, now: datetime
) -> Iterator[bytes]:
    """Write the rows of one side as a JSON list."""
    with _entry(archive, f"{side.name}.json", now) as file:
        file.write(b"[")
        for n, row in enumerate(rows_of(table, side, person).iterator(chunk_size=500)):
            text = json.dumps(_shown(row, side), default=str, ensure_ascii=False, indent=1)
            file.write((",\n" if n else "\n").encode() + text.encode())
        file.write(b"\n]\n")
    yield pipe.taken()


def _shown(row: Model, side: Side) -> dict[str, Any]:
    """Return what a person is given of a row; agencies and units by their names.

    Whoever commented on or scored an assessment is named, as in its review.
    """
    shown: dict[str, Any] = {}
    for name in side.shown:
        field = row._meta.get_field(name)
        value = getattr(row, getattr(field, "attname", name))
        named = getattr(field, "related_model", None) in (Agency, Unit) and value is not None
        shown[name] = str(getattr(row, name)) if named else value
    if "by" in shown and side.holder != "by":
        by = getattr(row, "by", None)
        shown["by"] = by.name if by else None
    if isinstance(row, Encounter) and row.assessed and row.ended_at is None:
        shown.pop("seed", None)
    return shown


def _lines(encounter: UUID) -> Iterator[str]:
    events = Event.objects.filter(encounter=encounter).order_by("n")
    return events.values_list("line", flat=True).iterator(chunk_size=500)


def _entry(archive: zipfile.ZipFile, name: str, now: datetime) -> IO[bytes]:
    at = (now.year, now.month, now.day, now.hour, now.minute, now.second)
    info = zipfile.ZipInfo(name, max(at, EPOCH))
    info.compress_type = zipfile.ZIP_DEFLATED
    return archive.open(info, "w", force_zip64=True)


def _read_me() -> str:
    lines = [
        _("This is everything that Stepdown keeps about you."),
        _("encounters/: the log of each encounter, one event a line. stepdown review reads it."),
        _(
            "Of an assessment that still runs, the log and the seed are left out: they would tell"
            " what is hidden in it. They come once it has ended."
        ),
        "",
    ]
    for table in TABLES:
        for side in table.sides:
            name = "encounters/*.jsonl" if table.model == WORDS else f"{side.name}.json"
            lines.append(f"{name}: {', '.join(side.shown)}")
            lines += [
                _("  not given: %(field)s (%(why)s)") % {"field": field, "why": why}
                for field, why in side.withheld.items()
            ]
    return "\n".join(lines) + "\n"


class _Pipe:
    """A file that only grows, and from which what was written is taken away."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, piece: bytes, /) -> int:
        """Add a piece."""
        self._written += piece
        return len(piece)

    def flush(self) -> None:
        """Do nothing: all is here."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        piece = bytes(self._written)
        self._written.clear()
        return piece
