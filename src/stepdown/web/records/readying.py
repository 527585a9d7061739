"""How many are ready, without names, and who lapses soon, by name, for whoever schedules.

What was worked out is kept in the site's cache until anything changes that it depends on.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.core.cache import caches
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from stepdown import __version__
from stepdown.retention.readiness import WINDOWS, Readiness, hours_items, readiness
from stepdown.web.accounts.models import Agency
from stepdown.web.policy import Action, Actor
from stepdown.web.programs.models import Attendance, Exemption, Session
from stepdown.web.programs.taught import unended
from stepdown.web.records.counting import Rules, Stands, rules_of, stand
from stepdown.web.records.models import Credit
from stepdown.web.records.serving import Serving, agency_for, serving, today_in

KEPT_S = 24 * 3600
A_DAY = timedelta(days=1)
Kind = Literal["lapses", "overdue", "unknown"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What has to be done about somebody. `due`: the last day for it, past if they are overdue."""

    person: str
    kind: Kind
    due: date | None
    topics: tuple[str, ...]
    lacks: int
    """Minutes that are lacking now."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What was worked out of an agency on a day; people by id alone."""

    counts: Readiness
    entries: tuple[Entry, ...]
    unknown: int
    """People of whom a day is missing that their cycles are counted from; they are not counted."""
    unasked: int
    """People of whom no rule asks for anything on this day; they are not counted."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Readiness of an agency. `worked` None: it has set no rules."""

    agency: Agency
    day: date
    rules: Rules | None
    worked: Worked | None

    @property
    def uncounted(self) -> tuple[str, ...]:
        """Names of topics that the rules ask for on this day and no module counts for."""
        if self.rules is None:
            return ()
        counted = set(self.rules.topics.values())
        topics = {
            topic.id: topic.name
            for rule in self.rules.jurisdiction.rules
            if rule.effective_from <= self.day
            and (rule.effective_until is None or self.day <= rule.effective_until)
            for topic in rule.topics
            if topic.hours
        }
        return tuple(name for id_, name in topics.items() if id_ not in counted)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What stands above the tables of the page that is printed."""
        if not self.uncounted:
            return ()
        named = ", ".join(self.uncounted)
        return (f"No module counts for {named}: such hours are on record only where entered.",)

    @property
    def note(self) -> str:
        """What stands at the foot of the page that is printed."""
        if self.rules is None or self.worked is None:
            return ""
        said = [self.rules.jurisdiction.name.rstrip(".") + "."]
        if self.rules.jurisdiction.example:
            said.append("These rules are an example: nobody's law.")
        if self.worked.unknown:
            said.append(
                f"{self.worked.unknown} more of whom the day of certification is missing: "
                "counted nowhere."
            )
        return " ".join(said)


@dataclass(frozen=True, slots=True)
class Lapsing:
    """Somebody by name who has to train soon, is overdue, or of whom a day is missing."""

    person: Serving
    entry: Entry


def ready(actor: Actor, agency: UUID, now: datetime) -> Ready:
    """Return how many are ready in an agency, without names. Raises Missing or Refused."""
    place = agency_for(actor, agency, Action.SEE_READINESS)
    return _ready(place, now)[0]


def lapsing(
    actor: Actor, agency: UUID, now: datetime, unit: UUID | None = None
) -> tuple[Ready, list[Lapsing]]:
    """Return who of an agency, or of a unit, lapses soon or is overdue, by unit and name.

    Raises Missing or Refused.
    """
    place = agency_for(actor, agency, Action.SEE_LAPSING)
    found, people = _ready(place, now)
    if found.worked is None:
        return found, []
    known = {str(person.id): person for person in people}
    listed = [
        Lapsing(known[entry.person], entry)
        for entry in found.worked.entries
        if unit is None or known[entry.person].unit == unit
    ]
    order = {row.name: n for n, row in enumerate(found.worked.counts.units)}
    listed.sort(key=lambda each: (order.get(_unit(each.person), -1), each.person.name.casefold()))
    return found, listed


def _ready(place: Agency, now: datetime) -> tuple[Ready, list[Serving]]:
    day = today_in(place, now)
    rules = rules_of(place.id)
    if rules is None:
        return Ready(place, day, None, None), []
    people = serving(place)
    cache, key = caches["default"], _key(place, rules, people, now)
    worked = cache.get(key)
    if worked is None:
        worked = work_out(place, rules, people, now)
        cache.set(key, worked, KEPT_S)
    return Ready(place, day, rules, worked), people


def work_out(place: Agency, rules: Rules, people: list[Serving], now: datetime) -> Worked:
    """Work out how many are ready now, and what has to be done about whom."""
    found = stand(place, rules, people, now)
    items = [
        item
        for each in found
        if each.found is not None
        for item in hours_items(each.found, _unit(each.person))
    ]
    counts = readiness(items, place.name, today_in(place, now))
    lacks = {str(each.person.id): each.found.lacks for each in found if each.found is not None}
    entries = [
        Entry(soon.person, "lapses", soon.on - A_DAY, soon.topics, lacks[soon.person])
        for soon in counts.lapsing
    ]
    entries += [entry for each in found if (entry := _overdue(each))]
    states = Counter(None if each.found is None else each.found.state for each in found)
    return Worked(counts, tuple(entries), states[None], states["no_rule"])


def _overdue(each: Stands) -> Entry | None:
    who = str(each.person.id)
    if each.found is None:
        return Entry(who, "unknown", None, (), 0)
    if each.found.state != "overdue":
        return None
    lacking = {
        part.topic: part.name
        for cycle in each.found.missed
        for part in (cycle.total, *cycle.topics)
        if part.lacks
    }
    return Entry(who, "overdue", each.found.due, tuple(lacking.values()), each.found.lacks)


def _unit(person: Serving) -> str:
    return person.unit_name or _("without a unit")


def _key(place: Agency, rules: Rules, people: list[Serving], now: datetime) -> str:
    """Return a key that changes with every row that readiness depends on. Five queries."""
    seen: list[object] = [
        __version__,
        WINDOWS,
        place.id,
        place.name,
        place.zone,
        rules.setting,
        today_in(place, now),
        unended(place.id, now),
    ]
    seen.append(_("without a unit"))
    seen += [(p.id, p.unit, p.unit_name, p.hired, p.certified) for p in people]
    held = Session.objects.filter(agency=place)
    seen.append(held.aggregate(n=Count("pk"), last=Max("changed_at"), off=Count("cancelled_at")))
    noted = Attendance.objects.filter(session__agency=place)
    seen.append(noted.aggregate(n=Count("pk"), last=Max("recorded")))
    given = Credit.objects.filter(agency=place)
    seen.append(given.aggregate(n=Count("pk"), last=Max("at"), off=Count("withdrawn_at")))
    rows = Exemption.objects.filter(agency=place, withdrawn_at=None).order_by("pk")
    seen += rows.values_list("person", "start", "until")
    return f"readiness-{hashlib.sha256(repr(seen).encode()).hexdigest()}"
