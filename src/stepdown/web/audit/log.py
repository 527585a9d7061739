"""Write to the audit log, and verify that nobody changed it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from stepdown.web.audit.models import Entry
from stepdown.web.policy import Actor, Thing

FIRST = "0" * 64
RESTORED = ("restored", "site")
"""Action and kind of the entry of a restore; its detail holds the end of what was replaced."""
LOCK = 0x57E9D0
"""The advisory lock under which PostgreSQL writes one entry at a time."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act came from: the network address and the request's id."""

    address: str = ""
    request: str = ""


_origin: ContextVar[Origin] = ContextVar("origin")


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """Note every entry within as coming from there."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def whence() -> Origin:
    """Return where what is done now comes from."""
    return _origin.get(Origin())


def note(
    actor: Actor, action: str, kind: str = "", record: object = "", thing: Thing | None = None,
    *, outcome: str = "done", detail: dict[str, Any] | None = None, now: datetime | None = None,
) -> Entry:  # fmt: skip
    """Append an entry, in the transaction of what it speaks of: both are kept, or neither."""
    act = Act(action, kind, record, detail or {})
    return note_all(actor, [act], thing, outcome=outcome, now=now)[0]


@dataclass(frozen=True, slots=True)
class Act:
    """What was done to one record, to be noted together with more."""

    action: str
    kind: str = ""
    record: object = ""
    detail: dict[str, Any] = field(default_factory=dict)


def note_all(
    actor: Actor, acts: Sequence[Act], thing: Thing | None = None,
    *, outcome: str = "done", now: datetime | None = None,
) -> list[Entry]:  # fmt: skip
    """Append an entry for each act, in this order, all at once; others wait until it is done."""
    origin, at = _origin.get(Origin()), now or datetime.now(UTC)
    with transaction.atomic():
        _one_at_a_time()
        last = Entry.objects.order_by("-number").first()
        number, before = (last.number, last.seal) if last else (0, FIRST)
        made = []
        for act in acts:
            number += 1
            entry = Entry(
                number=number, at=at, actor=actor.id, action=act.action, kind=act.kind,
                record=str(act.record), agency=thing.agency if thing else None, outcome=outcome,
                address=origin.address, request=origin.request, detail=act.detail, before=before,
            )  # fmt: skip
            before = entry.seal = sealed(entry)
            made.append(entry)
        Entry.objects.bulk_create(made, batch_size=500)
    return made


def sealed(entry: Entry) -> str:
    """Return the hash of an entry, which holds that of the entry before."""
    content = {
        "number": entry.number, "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": _text(entry.actor), "action": entry.action, "kind": entry.kind,
        "record": entry.record, "agency": _text(entry.agency), "outcome": entry.outcome,
        "address": entry.address, "request": entry.request, "detail": entry.detail,
        "before": entry.before,
    }  # fmt: skip
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verified:
    """What a walk along the chain found: entries, the last seal, and what is broken.

    replaced: when the record whose end had the seal asked for was replaced by a restore.
    """

    entries: int
    head: str
    broken: tuple[str, ...]
    replaced: datetime | None = None


def verify(head: str | None = None, using: str | None = None) -> Verified:
    """Walk along the whole log. `head`: a seal noted earlier, which must still be in it.

    It may also be the end of a record that a restore replaced: the restore's entry holds it.
    `using`: the alias of another database, such as a copy.
    """
    broken: list[str] = []
    before, count, met = FIRST, 0, head is None
    restored: list[Entry] = []
    for entry in Entry.objects.using(using).order_by("number").iterator(chunk_size=2000):
        count += 1
        if entry.number != count:
            broken.append(f"entry {count} is missing (found {entry.number})")
            count = entry.number
        if entry.before != before:
            broken.append(f"entry {entry.number} does not follow the one before it")
        if entry.seal != sealed(entry):
            broken.append(f"entry {entry.number} was changed")
        before, met = entry.seal, met or entry.seal == head
        if (entry.action, entry.kind) == RESTORED:
            restored.append(entry)
    if met:
        return Verified(count, before, tuple(broken))
    replaced = next((e.at for e in restored if e.detail.get("replaced") == head), None)
    if replaced is None:
        broken.append(_missing(head, restored))
    return Verified(count, before, tuple(broken), replaced)


def _missing(head: str | None, restored: Sequence[Entry]) -> str:
    told = f"the entry with the seal {head} is missing: the end was cut off"
    if not restored:
        return told
    at = restored[-1].at.astimezone(UTC)
    return f"{told}, or it is of the record that the restore of {at:%Y-%m-%d %H:%M} UTC replaced"


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None


def _one_at_a_time() -> None:
    """Hold other writers back until this transaction ends; SQLite does that by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
