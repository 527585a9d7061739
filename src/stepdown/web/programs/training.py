"""What a person was taught, as they see it, and those who teach them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stepdown.retention import delivered
from stepdown.retention.delivered import Standing
from stepdown.retention.publishing import Published
from stepdown.web.accounts.models import Agency, Person
from stepdown.web.permission import may, permit
from stepdown.web.policy import Action, Actor
from stepdown.web.programs import audience, curricula, exempting, taught
from stepdown.web.programs.earlier import Before
from stepdown.web.programs.models import Exemption, ModuleVersion, Session
from stepdown.web.programs.people import places_of, thing_of
from stepdown.web.programs.progress import Lacking, by_pin, lacking
from stepdown.web.programs.underway import underway
from stepdown.web.programs.wall import usable
from stepdown.web.programs.zones import day_of, zone_of


@dataclass(frozen=True, slots=True)
class Dosed:
    """How long somebody was taught a version of a module, of how many minutes."""

    title: str
    version: int
    minutes: int
    needed: int


@dataclass(frozen=True, slots=True)
class Followed:
    """Where somebody stands with a version of a programme."""

    programme: Published
    standing: Standing
    lacks: tuple[Lacking, ...]
    before: Before | None
    """The latest version before that they completed, where they have not completed this one."""
    asked: bool
    """Whether it is asked of them; else it is here because they take part, or did."""


@dataclass(frozen=True, slots=True)
class Training:
    """What is on record of a person's training in an agency, and what is to come."""

    agency: Agency
    coming: tuple[Session, ...]
    running: tuple[Session, ...]
    """Those whose code can be typed now."""
    noted: Mapping[UUID, int]
    """For how many minutes they are noted at those to come, by the id of the session."""
    doses: tuple[Dosed, ...]
    programmes: tuple[Followed, ...]
    """The latest version of each programme that is asked of them or in which they take part, and
    earlier ones that were completed."""
    exemptions: tuple[Exemption, ...]
    """All that were noted, those taken back among them, the latest first."""


def mine(person: UUID, agency: Agency, now: datetime) -> Training:
    """Return what is on record of a person; whoever shows it to others has asked the policy.

    The number of queries does not depend on what there is.
    """
    record = taught.record(agency.id, people=[person], ended=now)
    exemptions = tuple(exempting.of_person(agency.id, person))
    coming = [s for s in taught.next_sessions(person, now) if s.agency_id == agency.id]
    noted = taught.noted_at(person, coming)
    running = tuple(s for s in coming if usable(s, now) and s.id not in noted)
    return Training(
        agency, tuple(coming), running, noted,
        _doses(agency, record), _programmes(person, agency, record, exemptions, coming, now),
        exemptions,
    )  # fmt: skip


def of_person(
    actor: Actor, agency: Agency, person: UUID, now: datetime
) -> tuple[Person, Training, bool]:
    """Return a person with their training, and whether `actor` may see why they were exempt.

    Reading it is noted. Raises Missing or Refused.
    """
    thing = thing_of(agency.id, person)
    permit(actor, Action.SEE_TRAINING, thing, "person", person)
    reasons = actor.id == person or may(actor, Action.EXEMPT, thing)
    return Person.objects.get(pk=person), mine(person, agency, now), reasons


def _doses(agency: Agency, record: taught.Record) -> tuple[Dosed, ...]:
    versions = ModuleVersion.objects.filter(agency=agency).order_by()
    fields = ("name", "number", "content__title", "content__hours")
    known = {
        (name, number): (title, round(60 * hours))
        for name, number, title, hours in versions.values_list(*fields)
    }
    found = [
        Dosed(known[pin][0], each.module.version, each.minutes, known[pin][1])
        for each in delivered.dose(record.sessions, record.attendance)
        for pin in [(each.module.id, each.module.version)]
    ]
    return tuple(sorted(found, key=lambda dosed: (dosed.title, dosed.version)))


def _programmes(
    person: UUID, agency: Agency, record: taught.Record, exemptions: tuple[Exemption, ...],
    coming: list[Session], now: datetime,
) -> tuple[Followed, ...]:  # fmt: skip
    held = [each.value() for each in exemptions if each.withdrawn_at is None]
    day = day_of(now, zone_of(agency))
    versions = curricula.every(agency.id)
    last = {each.programme.content.id: each.programme.number for each in versions}
    open_to_them = by_pin((s for s in coming if s.start > now), record.sessions)
    for_whom, places = audience.of_agency(agency.id), places_of(agency.id, person)
    found = []
    done: dict[str, Before] = {}
    for each in versions:
        name, number = each.programme.content.id, each.programme.number
        (stands,) = delivered.standing(
            each, [str(person)], record.sessions, record.attendance, held, day
        )
        asked = for_whom.get(name, audience.ForWhom()).asks(places)
        latest = last[name] == number and (asked or _takes_part(person, each, versions, record))
        if latest or stands.on is not None:
            before = done.get(name) if stands.on is None else None
            lacks = lacking(each, stands, open_to_them)
            found.append(Followed(each, stands, lacks, before, asked))
        if stands.on is not None:
            done[name] = Before(number, stands.on)
    return tuple(found)


def _takes_part(
    person: UUID, latest: Published, versions: list[Published], record: taught.Record
) -> bool:
    """Say whether somebody takes part in the latest version of a programme; all are in order."""
    name = latest.programme.content.id
    theirs = [each for each in versions if each.programme.content.id == name]
    return str(person) in underway(theirs, record)
