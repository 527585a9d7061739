"""Certificates: issued to whoever completed a programme, looked up by number, withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stepdown.briefing.certificate import (
    MOST_HOURS,
    Certificate,
    certificate_digest,
    plain_serial,
    same_serial,
)
from stepdown.interop.delimited import at_most
from stepdown.problems import InputProblems, Problem
from stepdown.retention.delivered import completed, towards
from stepdown.retention.publishing import Published, assembled
from stepdown.retention.teaching import Session
from stepdown.web.accounts.models import Agency
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, may, permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.programs import taught
from stepdown.web.programs.models import ModuleVersion, ProgrammeVersion
from stepdown.web.programs.zones import zone_of
from stepdown.web.records.crediting import wrong_text
from stepdown.web.records.models import Certificate as Row
from stepdown.web.records.models import Member
from stepdown.web.records.papers import fitting, names_of, taught_by
from stepdown.web.records.serving import Serving, agency_for, serving, things, today_in

MOST_AT_ONCE = 100
_DAYS = ("first_day", "last_day", "issued")


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody who completed a programme and has no certificate of it yet."""

    person: Serving
    on: date


@dataclass(frozen=True, slots=True)
class Programme:
    """A version of a programme: who of whom one coordinates has a certificate, and who is due."""

    agency: Agency
    row: ProgrammeVersion
    due: list[Due]
    issued: list[Row]
    unsupported: frozenset[UUID]
    """Certificates that stand, of people who did not complete it as the record is now."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the record holds for a number. `value` None: it was changed since it was issued."""

    row: Row
    value: Certificate | None


def agency_of(actor: Actor, agency: UUID) -> Agency:
    """Return an agency in which this person may issue certificates. Raises Missing or Refused."""
    return agency_for(actor, agency, Action.CERTIFY, any_unit=True)


def programmes_of(agency: Agency) -> list[ProgrammeVersion]:
    """Return the versions of an agency's programmes, by name, the latest of each first."""
    rows = ProgrammeVersion.objects.filter(agency=agency)
    return list(rows.order_by("name", "-number"))


def find(actor: Actor, agency: UUID, programme: UUID, now: datetime) -> Programme:
    """Return who completed a version of a programme, by name. Raises Missing or Refused."""
    place = agency_of(actor, agency)
    row = _programme(place, programme)
    people = _open_to(actor, place)
    rows = Row.objects.filter(agency=place, programme=row).select_related("person").defer("values")
    mine = {person.id for person in people}
    issued = [r for r in rows.order_by("person__name", "person", "at") if r.person_id in mine]
    standing = [r for r in issued if r.withdrawn_at is None]
    has = {r.person_id for r in standing}
    on = _completions(place, row, now)[0]
    due = [Due(p, on[p.id]) for p in people if p.id in on and p.id not in has]
    unsupported = frozenset(r.pk for r in standing if r.person_id not in on)
    return Programme(place, row, due, issued, unsupported)


def issue(
    actor: Actor, agency: UUID, programme: UUID, people: Collection[UUID], now: datetime
) -> list[Row]:
    """Issue a certificate to each of these people who completed a programme.

    Whoever has one that stands keeps it as it is. All of them, or none; MOST_AT_ONCE at most.
    Raises Missing, Refused, or InputProblems for everybody who did not complete it and every name
    that no paper can have.
    """
    place = agency_of(actor, agency)
    version = _programme(place, programme)
    if not 0 < len(people) <= MOST_AT_ONCE:
        expected = _("1 to %(most)d people") % {"most": MOST_AT_ONCE}
        given = str(len(people)) if people else _("nobody is chosen")
        problem = Problem(_("people"), given, expected, _("choose who gets one"))
        raise InputProblems(_("the certificates"), [problem])
    known = {person.id: person for person in serving(place, people=list(people))}
    allowed = things(place, known.values())
    for who in known:
        permit(actor, Action.CERTIFY, allowed[who], "person", who)
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=place.pk)
        standing = version.certificates.filter(withdrawn_at=None)
        had = set(standing.values_list("person", flat=True))
        todo = [who for who in dict.fromkeys(people) if who not in had]
        rows = _made(place, version, todo, known, now, actor.person)
        Row.objects.bulk_create(rows, batch_size=200)
        for row in rows:
            note(actor, Action.CERTIFY.value, "person", row.person_id, allowed[row.person_id],
                 detail={"certificate": str(row.id)}, now=now)  # fmt: skip
    return rows


def find_issued(actor: Actor, certificate: UUID, action: Action = Action.CERTIFY) -> Row:
    """Return a certificate if the policy allows. Raises Missing or Refused."""
    rows = Row.objects.select_related("agency", "person", "programme")
    row = rows.filter(pk=certificate).first()
    if row is None:
        raise Missing(f"no certificate {certificate}")
    permit(actor, action, _thing(row), "person", row.person_id)
    return row


def withdraw(actor: Actor, certificate: UUID, why: str, now: datetime) -> Row:
    """Withdraw a certificate that should not stand; it stays to be seen, with the reason.

    Twice is once: the first reason stands. Whoever completed the programme can then get a new
    one. Raises Missing, Refused or InputProblems.
    """
    row = find_issued(actor, certificate)
    if wrong := wrong_text(_("the reason"), why):
        raise InputProblems(_("the certificate"), wrong)
    with transaction.atomic():
        standing = Row.objects.filter(pk=row.pk, withdrawn_at=None)
        if standing.update(withdrawn_at=now, withdrawn_why=why.strip()):
            note(actor, "withdraw a certificate", "person", row.person_id, _thing(row),
                 detail={"certificate": str(row.id)}, now=now)  # fmt: skip
    row.refresh_from_db(fields=["withdrawn_at", "withdrawn_why"])
    return row


def paper(actor: Actor, certificate: UUID) -> tuple[Agency, Certificate]:
    """Return whose a certificate is and what it says, as issued.

    Raises Missing, Refused, or InputProblems for one that was withdrawn.
    """
    row = find_issued(actor, certificate, Action.SEE_TRAINING)
    if row.withdrawn_at is not None:
        day = date_format(row.withdrawn_at.astimezone(zone_of(row.agency)), _("j M Y"))
        given = _("withdrawn on %(day)s: %(why)s") % {"day": day, "why": row.withdrawn_why}
        problem = Problem(_("the certificate"), given, _("a certificate that stands"),
                          _("ask whoever coordinates training for a new one"))  # fmt: skip
        raise InputProblems(_("the certificate"), [problem])
    return row.agency, value(row)


def look_up(actor: Actor, agency: UUID, serial: str) -> Looked | None:
    """Return the certificate of an agency that has a number, read off paper; None: there is none.

    Raises Missing or Refused.
    """
    place = agency_of(actor, agency)
    given = plain_serial(serial)
    row = Row.objects.filter(agency=place, serial=given).select_related("person").first()
    record = row.id if row else ""
    note(actor, "look up a certificate", "certificate", record, Thing(agency=place.id),
         outcome="read")  # fmt: skip
    if row is None:
        return None
    found = value(row)
    return Looked(row, found if same_serial(found, serial) else None)


def certificates_of(person: UUID, agency: UUID | None = None) -> list[Row]:
    """Return a person's certificates, of one agency or of all, newest first."""
    rows = Row.objects.filter(person=person).select_related("programme", "agency")
    return list(rows.filter(agency=agency) if agency else rows)


def value(row: Row) -> Certificate:
    """Return what a certificate says."""
    given: dict[str, Any] = dict(row.values)
    days = {name: date.fromisoformat(given[name]) for name in _DAYS}
    return Certificate(**{**given, **days, "instructors": tuple(given["instructors"])})


def _thing(row: Row) -> Thing:
    """Return a certificate as the policy sees it: of its owner, and of the units they are in."""
    here = serving(row.agency, people=[row.person_id])
    thing = things(row.agency, here).get(row.person_id)
    return thing or Thing(owner=row.person_id, agency=row.agency_id)


def _open_to(actor: Actor, place: Agency) -> list[Serving]:
    people = serving(place)
    known = things(place, people)
    return [person for person in people if may(actor, Action.CERTIFY, known[person.id])]


def _programme(place: Agency, programme: UUID) -> ProgrammeVersion:
    row = ProgrammeVersion.objects.filter(agency=place, pk=programme).first()
    if row is None:
        raise Missing(f"no programme {programme}")
    return row


def _published(row: ProgrammeVersion) -> Published:
    version = row.value()
    names = [pin.id for pin in version.content.modules]
    modules = ModuleVersion.objects.filter(agency=row.agency_id, name__in=names)
    return assembled(version, [module.value() for module in modules])


def _completions(
    place: Agency, row: ProgrammeVersion, now: datetime, people: Collection[UUID] | None = None
) -> tuple[dict[UUID, date], dict[str, tuple[Session, ...]], Published]:
    """Return who completed a programme by now and when, with the sessions that counted.

    A session counts once it has ended.
    """
    published = _published(row)
    names = {pin.id for pin in published.programme.content.modules}
    held = taught.record(place.id, modules=names, people=people, ended=now)
    found = completed([published], held.sessions, held.attendance)
    on = {UUID(each.person): each.on for each in found}
    return on, towards(published, held.sessions, held.attendance), published


def _made(
    place: Agency, version: ProgrammeVersion, people: Sequence[UUID],
    known: dict[UUID, Serving], now: datetime, by: UUID,
) -> list[Row]:  # fmt: skip
    today = today_in(place, now)
    on, sessions, published = _completions(place, version, now, people)
    lacking = [who for who in people if who not in known or who not in on]
    wrong = [
        Problem(known[who].name if who in known else str(who), _("not completed"),
                _("somebody who completed this version"), _("choose others"))
        for who in lacking
    ]  # fmt: skip
    teachers = names_of(sessions)
    members = Member.objects.filter(agency=place, person__in=people)
    numbers = dict(members.values_list("person", "number"))
    rows = []
    for who in people:
        if who in lacking:
            continue
        until = [s for s in sessions[str(who)] if s.start.date() <= on[who]]
        key = uuid4()
        try:
            said = Certificate(
                person=known[who].name, agency=place.name, programme=fitting(version.title),
                version=str(version.number), minutes=_minutes(published),
                first_day=until[0].start.date(), last_day=on[who], issued=today,
                instructors=taught_by(until, teachers), record=str(key),
                number=numbers.get(who, ""),
            )  # fmt: skip
        except InputProblems as error:
            wrong += [Problem(f"{known[who].name}: {p.where}", p.given, p.expected, p.fix)
                      for p in error.problems]  # fmt: skip
            continue
        serial = plain_serial(certificate_digest(said))
        rows.append(Row(id=key, agency=place, person_id=who, programme=version, serial=serial,
                        values=_stored(said), by_id=by, at=now))  # fmt: skip
    if wrong:
        raise at_most(_("the certificates"), wrong)
    return rows


def _stored(said: Certificate) -> dict[str, Any]:
    days = {name: getattr(said, name).isoformat() for name in _DAYS}
    return {**asdict(said), **days, "instructors": list(said.instructors)}


def _minutes(published: Published) -> int:
    """Return what the programme takes: whoever completed it was there for all of it."""
    total = sum(module.content.minutes for module in published.modules)
    return min(total, MOST_HOURS * 60)
