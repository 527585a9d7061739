"""Nobody is at two sessions at one time: what else they were noted at while a session ran.

Only sessions of the same agency are held against each other: what somebody did in another is
nobody's business here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stepdown.problems import Problem
from stepdown.retention import teaching
from stepdown.retention.delivered import counted
from stepdown.web.accounts.models import Person
from stepdown.web.programs.models import Attendance, Session
from stepdown.web.programs.zones import zone_of

LONGEST = timedelta(minutes=teaching.LONGEST)


@dataclass(frozen=True, slots=True)
class Stay:
    """So many minutes of somebody between two moments, both in UTC."""

    start: datetime
    end: datetime
    minutes: int
    session: Session


def locked(session: UUID) -> Session:
    """Return a session, its row locked with those of its agency about the same time.

    So of two who note one person at two sessions at once, the second sees what the first wrote.
    """
    known = Session.objects.only("agency", "start", "minutes").get(pk=session)
    rows = Session.objects.select_related("agency", "module", "programme")
    rows = rows.filter(Q(pk=session) | _near(known)).order_by("pk")
    return next(
        row for row in rows.select_for_update(no_key=True, of=("self",)) if row.pk == session
    )


def clashes(session: Session, minutes: Mapping[UUID, int]) -> dict[UUID, Session]:
    """Return who cannot have been at a session for these minutes, each with the other session.

    Their minutes at sessions that overlap are more than the time there was. One query.
    """
    found = {}
    for person, stays in _elsewhere(session, minutes).items():
        other = _too_much(_stay(session, min(minutes[person], session.minutes)), stays)
        if other is not None:
            found[person] = other
    return found


def problems(session: Session, minutes: Mapping[UUID, int]) -> list[Problem]:
    """Return what is wrong with minutes of people who were noted elsewhere at the time."""
    found = clashes(session, minutes)
    people = Person.objects.filter(pk__in=found).order_by("name", "id")
    return [_told(person, minutes[person.pk], found[person.pk]) for person in people]


def _told(person: Person, minutes: int, other: Session) -> Problem:
    begun = other.start.astimezone(zone_of(other.agency))
    at = {"title": other.module.title, "at": date_format(begun, _("j M Y, H:i"))}
    given = _("%(minutes)d minutes of %(who)s") % {"minutes": minutes, "who": person.name}
    expected = _("minutes beside those noted at “%(title)s”, %(at)s, at the same time") % at
    return Problem("minutes", given, expected, _("correct the one that is wrong first"))


def _near(session: Session) -> Q:
    start = session.start.astimezone(UTC)
    end = start + timedelta(minutes=session.minutes)
    return Q(agency=session.agency_id, start__gt=start - 2 * LONGEST, start__lt=end + LONGEST)


def _elsewhere(session: Session, people: Collection[UUID]) -> dict[UUID, list[Stay]]:
    """Return how long each of these people was at other sessions about the same time."""
    near = Session.objects.filter(_near(session), cancelled_at=None).exclude(pk=session.pk)
    rows = Attendance.objects.filter(session__in=near, person__in=list(people))
    entries = list(rows.select_related("session__agency", "session__module"))
    held = {str(entry.pk): entry for entry in entries}
    found: dict[UUID, list[Stay]] = {}
    for value in counted(entry.value() for entry in entries):
        if value.minutes:
            entry = held[value.id]
            stay = _stay(entry.session, min(entry.minutes, entry.session.minutes))
            found.setdefault(entry.person_id, []).append(stay)
    return found


def _stay(session: Session, minutes: int) -> Stay:
    start = session.start.astimezone(UTC)
    return Stay(start, start + timedelta(minutes=session.minutes), minutes, session)


def _too_much(new: Stay, others: Iterable[Stay]) -> Session | None:
    """Return the session beside which there was no time left for a stay, if there is one.

    Stays fit if between every beginning and every end the minutes of the sessions that lie wholly
    between them are no more than the time.
    """
    joined = _joined(new, others)
    for start in {stay.start for stay in joined if stay.start <= new.start}:
        for end in {stay.end for stay in joined if stay.end >= new.end}:
            within = [stay for stay in joined if start <= stay.start and stay.end <= end]
            if timedelta(minutes=sum(stay.minutes for stay in within)) > end - start:
                rest = [stay for stay in within if stay is not new]
                direct = [s for s in rest if s.start < new.end and new.start < s.end]
                return min(direct or rest, key=lambda s: (s.start, s.session.pk)).session
    return None


def _joined(new: Stay, others: Iterable[Stay]) -> list[Stay]:
    """Return a stay with those that overlap it, or overlap one that does."""
    rest, joined = list(others), [new]
    for stay in joined:
        joined += [s for s in rest if s.start < stay.end and stay.start < s.end]
        rest = [s for s in rest if not any(s is each for each in joined)]
    return joined
