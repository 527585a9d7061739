"""A feed as it is sent: what changed since it was last sent is told by its SEQUENCE.

Entries are kept as they were sent. What is in the calendar no longer is sent as cancelled, so that
it leaves the calendars of subscribers, for as long as calendars hold what is over. It stays stored
after that, so that its SEQUENCE goes on should it come back.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from stepdown import __version__
from stepdown.interop.calendar import Entry, feed, revised, withdrawn
from stepdown.web.accounts.models import Person
from stepdown.web.permission import Missing
from stepdown.web.records import agenda
from stepdown.web.records.agenda import PAST, Agenda, Key, Shown
from stepdown.web.records.models import Feed, FeedEntry

SITE = "stepdown"
"""What stands for the host in a UID, whatever host the site moves to; the rest is random."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A calendar as it is sent. `since` is when it was asked for first."""

    entries: Agenda
    name: str
    zone: str
    since: datetime

    @property
    def changed_at(self) -> datetime:
        """The moment at which it last changed."""
        return max((entry.changed_at for entry in self.entries.values()), default=self.since)

    @property
    def etag(self) -> str:
        """Its mark, which is quicker to work out than the calendar: another one, another mark."""
        entries = [as_values(self.entries[key]) for key in sorted(self.entries)]
        text = json.dumps([__version__, self.name, self.zone, self.changed_at.isoformat(), entries])
        return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'

    def content(self) -> bytes:
        """Return the calendar in the words of RFC 5545."""
        return feed(self.entries.values(), self.name, SITE, self.zone, self.changed_at)


def sent(row: Feed, now: datetime) -> Sent:
    """Return a feed as it is now. Nothing is written if nothing changed. Raises Missing."""
    with translation.override(_language(row)):
        stored, agencies = _stored(row)
        shown = _shown(row, now, agencies)
        entries = merged(stored, shown.entries, now)
        if any(changes(stored, entries)):
            entries = _kept(row, now)
        name = row.unit.name if row.unit else _("Training")
        return Sent(entries, name, shown.zone.key, row.at)


def merged(before: Agenda, shown: Agenda, now: datetime) -> Agenda:
    """Return the entries to send: those shown now, and those that are gone, as cancelled."""
    horizon = now - PAST
    held = {key: revised(before.get(key), entry) for key, entry in shown.items()}
    for key, entry in before.items():
        if key in held or (_over(entry, horizon) and not entry.cancelled):
            continue
        gone = entry if _over(entry, now) else withdrawn(entry, now)
        if not gone.cancelled or gone.changed_at >= horizon:
            held[key] = gone
    return held


def changes(before: Agenda, entries: Agenda) -> tuple[list[Entry], list[tuple[str, str]]]:
    """Return what is to be stored anew, and what of the stored is to be deleted, by its key.

    What was cancelled stays though it is sent no longer.
    """
    anew = [entry for key, entry in entries.items() if before.get(key) != entry]
    gone = [key for key, held in before.items() if key not in entries and not held.cancelled]
    return anew, gone


def as_values(entry: Entry) -> dict[str, Any]:
    """Return an entry as it is stored."""
    start = entry.start
    given = _utc(start) if isinstance(start, datetime) else start.isoformat()
    return asdict(entry) | {"start": given, "changed_at": _utc(entry.changed_at)}


def entry_of(values: dict[str, Any]) -> Entry:
    """Return a stored entry."""
    start: str = values["start"]
    read = datetime.fromisoformat(start) if "T" in start else date.fromisoformat(start)
    changed_at = datetime.fromisoformat(values["changed_at"])
    return Entry(**{**values, "start": read, "changed_at": changed_at})


def _shown(row: Feed, now: datetime, sent: dict[Key, UUID]) -> Shown:
    if row.unit is not None:
        return agenda.of_unit(row.unit, now)
    if row.person is None:
        raise LookupError("a feed of nobody")
    return agenda.of_person(row.person, now, sent)


def _language(row: Feed) -> str:
    """Return the language of a feed: it must not depend on who fetches it."""
    return (row.person.language if row.person else "") or settings.LANGUAGE_CODE


def _kept(row: Feed, now: datetime) -> Agenda:
    """Store what changed, one fetch of a feed at a time, and return what is to be sent.

    An erasure, which holds the person, is waited for: nothing is stored that it would have erased.
    """
    with transaction.atomic():
        list(Person.objects.select_for_update(no_key=True, of=("self",)).filter(feed=row))
        if not Feed.objects.select_for_update(no_key=True).filter(pk=row.pk).exists():
            raise Missing("the calendar was deleted meanwhile")
        stored, agencies = _stored(row)
        shown = _shown(row, now, agencies)
        entries = merged(stored, shown.entries, now)
        _store(row, stored, entries, agencies | shown.agencies)
    return entries


def _stored(row: Feed) -> tuple[Agenda, dict[Key, UUID]]:
    """Return the entries as they were sent last, and of which agency each is."""
    rows = FeedEntry.objects.filter(feed=row).values_list("kind", "record", "values", "agency")
    entries: Agenda = {}
    agencies: dict[Key, UUID] = {}
    for kind, record, held, agency in rows:
        entries[kind, record], agencies[kind, record] = entry_of(held), agency
    return entries, agencies


def _store(row: Feed, before: Agenda, entries: Agenda, agencies: dict[Key, UUID]) -> None:
    changed, over = changes(before, entries)
    FeedEntry.objects.bulk_create(
        [
            FeedEntry(
                feed=row, agency_id=agencies[e.kind, e.record], kind=e.kind, record=e.record,
                values=as_values(e),
            ) for e in changed
        ],
        update_conflicts=True, unique_fields=["feed", "kind", "record"],
        update_fields=["agency", "values"], batch_size=200,
    )  # fmt: skip
    gone = [pk for key, pk in _ids(row).items() if key in over] if over else []
    FeedEntry.objects.filter(pk__in=gone).delete()


def _ids(row: Feed) -> dict[tuple[str, str], int]:
    rows = FeedEntry.objects.filter(feed=row).values_list("kind", "record", "pk")
    return {(kind, record): pk for kind, record, pk in rows}


def _over(entry: Entry, at: datetime) -> bool:
    """Say whether an entry had begun at a moment; days that are meant as a whole, ended."""
    if isinstance(entry.start, datetime):
        return entry.start < at
    return entry.start + timedelta(days=entry.days) <= at.date()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
