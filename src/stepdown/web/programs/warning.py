"""What whoever schedules a session should know before it is saved; nothing here refuses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stepdown.retention import teaching
from stepdown.retention.rollout_record import read_rollout
from stepdown.web.accounts.models import Agency, Person
from stepdown.web.programs.models import ModuleVersion, ProgrammeVersion, Rollout, Session
from stepdown.web.programs.scheduling import Held, Subject, When
from stepdown.web.programs.zones import NoSuchTime, day_of, moments, zone_of

LONGEST = timedelta(minutes=teaching.LONGEST)


@dataclass(frozen=True, slots=True)
class Told:
    """A thing to know first. `kind` is what the audit log holds of it: no name, no word."""

    kind: Literal["past", "teacher", "place", "draw"]
    text: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be taught to whom, when and where, by whom."""

    agency: Agency
    module: ModuleVersion
    unit: UUID | None
    programme: str
    start: datetime
    end: datetime
    place: str
    instructors: frozenset[UUID]
    itself: UUID | None


def of_new(agency: Agency, subject: Subject, held: Held, now: datetime) -> list[Told]:
    """Return what to know before a session is scheduled; what is wrong with it is not said here."""
    module = ModuleVersion.objects.filter(pk=subject.module, agency=agency).first()
    if module is None:
        return []
    named = ProgrammeVersion.objects.filter(agency=agency).values_list("pk", "name")
    name = dict(named).get(subject.programme, "") if subject.programme else ""
    return _warnings(agency, module, subject.unit, name, held, now, None)


def of_change(session: Session, held: Held, now: datetime) -> list[Told]:
    """Return what to know before a session is changed."""
    name = session.programme.name if session.programme else ""
    return _warnings(
        session.agency, session.module, session.unit_id, name, held, now, session.id
    )  # fmt: skip


def kinds(warnings: Iterable[Told]) -> list[str]:
    """Return what kinds of warnings these are, each once."""
    return sorted({each.kind for each in warnings})


def _warnings(
    agency: Agency, module: ModuleVersion, unit: UUID | None, programme: str, held: Held,
    now: datetime, itself: UUID | None,
) -> list[Told]:  # fmt: skip
    start = _start(agency, held.when)
    if start is None:
        return []
    minutes = held.minutes or round(module.content["hours"] * 60)
    plan = _Plan(
        agency, module, unit, programme, start, start + timedelta(minutes=minutes),
        held.place.strip(), held.instructors, itself,
    )  # fmt: skip
    return [*_past(plan, now), *_booked_twice(plan), *_before_its_draw(plan)]


def _start(agency: Agency, when: When) -> datetime | None:
    try:
        found = moments(when.day, when.clock, zone_of(agency))
    except (NoSuchTime, OverflowError, ValueError):
        return None
    return found[-1] if when.second else found[0]


def _past(plan: _Plan, now: datetime) -> Iterator[Told]:
    zone = zone_of(plan.agency)
    day = day_of(plan.start, zone)
    if day < day_of(now, zone):
        yield Told("past", _("It lies in the past: %(day)s.") % {"day": _day(day)})


def _booked_twice(plan: _Plan) -> Iterator[Told]:
    """Say who teaches, and what is held in the place, while the session runs; three queries."""
    near = Session.objects.filter(
        agency=plan.agency, cancelled_at=None, start__lt=plan.end, start__gt=plan.start - LONGEST
    )
    here = Q(instructing__person__in=plan.instructors) | Q(place__iexact=plan.place)
    rows = near.filter(here).distinct().select_related("module").order_by("start", "id")
    overlapping = [
        row
        for row in rows.prefetch_related("instructing")
        if row.id != plan.itself and row.end > plan.start
    ]
    names = dict(Person.objects.filter(pk__in=plan.instructors).values_list("pk", "name"))
    for other in overlapping:
        begun = other.start.astimezone(zone_of(plan.agency))
        given = {
            "title": other.module.title, "place": other.place,
            "from": date_format(begun, _("j M Y, H:i")),
        }  # fmt: skip
        for each in other.instructing.all():
            if each.person_id in plan.instructors:
                who = {"who": names.get(each.person_id, "")}
                text = _("%(who)s teaches “%(title)s” then, from %(from)s on.") % (given | who)
                yield Told("teacher", text)
        if other.place.casefold() == plan.place.casefold():
            text = _("“%(title)s” is held at %(place)s then, from %(from)s on.") % given
            yield Told("place", text)


def _before_its_draw(plan: _Plan) -> Iterator[Told]:
    """Say which units would be taught before the day that lots drew for them."""
    names = {plan.programme} if plan.programme else _pinning(plan)
    day = day_of(plan.start, zone_of(plan.agency))
    for row in Rollout.objects.filter(agency=plan.agency, programme__in=names).order_by("at"):
        early = [
            (each.unit, each.due) for each in read_rollout(row.text, row.title).draw.assigned
            if plan.unit is None or row.units[each.unit] == str(plan.unit)
            if each.due is None or day < each.due
        ]  # fmt: skip
        if early:
            told = "; ".join(_drawn(unit, due) for unit, due in sorted(early))
            text = _(
                "The order of training was drawn by lot (%(rollout)s). Whoever is taught before"
                " their day spoils the comparison: %(units)s."
            ) % {"rollout": row.title, "units": told}
            yield Told("draw", text)


def _drawn(unit: str, due: date | None) -> str:
    if due is None:
        return _("%(unit)s is held back") % {"unit": unit}
    return _("%(unit)s was drawn for %(day)s") % {"unit": unit, "day": _day(due)}


def _pinning(plan: _Plan) -> set[str]:
    """Return the programmes that have a module in them in any version."""
    rows = ProgrammeVersion.objects.filter(agency=plan.agency).order_by()
    pins: Iterable[tuple[str, list[dict[str, object]]]] = rows.values_list(
        "name", "content__modules"
    )
    return {name for name, listed in pins if plan.module.name in {pin["id"] for pin in listed}}


def _day(day: date) -> str:
    return date_format(day, _("j M Y"))
