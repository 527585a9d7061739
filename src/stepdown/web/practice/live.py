"""Encounters that are being played, kept ready in this process; the database is the truth."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from stepdown.encounter.log import Event as LogEvent
from stepdown.encounter.log import event_of
from stepdown.encounter.world import World, applied, fold
from stepdown.web.practice.models import Event

KEPT = 512
TRUST_S = 5.0
"""Seconds after which the last event is looked up again: the record may be another one since."""
_kept: OrderedDict[UUID, tuple[Ready, float]] = OrderedDict()
_scenarios: dict[str, Any] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Ready:
    """The events of an encounter and the world after them."""

    events: tuple[LogEvent, ...]
    world: World


def ready(encounter: UUID, n_events: int) -> Ready:
    """Return the events of an encounter, `n_events` of them, and the world after them."""
    with _lock:
        kept, at = _kept.get(encounter, (None, 0.0))
    if kept is not None and len(kept.events) <= n_events:
        fresh = time.monotonic() < at + TRUST_S
        if fresh or _ends_alike(encounter, kept):
            more = stored(encounter, len(kept.events)) if len(kept.events) < n_events else ()
            return keep(encounter, after(kept, more) if more else kept, sure=not fresh)
    events = stored(encounter)
    return keep(encounter, Ready(events, fold(events)), sure=True)


def after(kept: Ready, events: Iterable[LogEvent]) -> Ready:
    """Return what is ready after more events."""
    more, world = tuple(events), kept.world
    for event in more:
        world = applied(world, event)
    return Ready((*kept.events, *more), world)


def keep(encounter: UUID, made: Ready, *, sure: bool = False) -> Ready:
    """Keep an encounter ready; the one that was not asked for longest goes.

    `sure`: it was compared with the record just now.
    """
    now = time.monotonic()
    with _lock:
        _kept[encounter] = made, now if sure else _kept.get(encounter, (made, now))[1]
        _kept.move_to_end(encounter)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def forget(encounter: UUID) -> None:
    """Keep an encounter no longer: its words were deleted, or somebody else played it."""
    with _lock:
        _kept.pop(encounter, None)


def _ends_alike(encounter: UUID, kept: Ready) -> bool:
    """Say whether the record has the last event that is kept ready, word for word."""
    last = kept.events[-1]
    line = Event.objects.filter(encounter=encounter, n=last.n).values_list("line", flat=True)
    return line.first() == last.line().decode().rstrip("\n")


def stored(encounter: UUID, since: int = 0) -> tuple[LogEvent, ...]:
    """Return the events of an encounter from the database, from number `since` on."""
    rows = Event.objects.filter(encounter=encounter, n__gte=since).order_by("n")
    events = tuple(event_of(line) for line in rows.values_list("line", flat=True))
    return tuple(_sharing(event) if event.kind == "start" else event for event in events)


def _sharing(start: LogEvent) -> LogEvent:
    """Return a start event that shares its scenario with other encounters of the same version."""
    if len(_scenarios) > KEPT:
        _scenarios.clear()
    known = _scenarios.setdefault(str(start.data["scenario_hash"]), start.data["scenario"])
    if known != start.data["scenario"]:
        return start
    return replace(start, data={**start.data, "scenario": known})
