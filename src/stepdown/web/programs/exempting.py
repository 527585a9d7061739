"""Who need not come: note it, end it early, take back what was a mistake. The history stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.models import Agency, Unit
from stepdown.web.audit import log
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor
from stepdown.web.programs.models import Exemption
from stepdown.web.programs.models.sessions import REASONS
from stepdown.web.programs.people import thing_of, trainees
from stepdown.web.programs.text import line, refuse, used_key

LONGEST_NOTE = 400
EXEMPT, END, WITHDRAW = "exempt somebody", "end an exemption", "take an exemption back"


def exempt(
    actor: Actor, agency: UUID, person: UUID, reason: str, start: date, until: date | None,
    note: str, now: datetime, *, key: UUID | None = None,
) -> Exemption:  # fmt: skip
    """Note that somebody need not attend from one day until another, both included.

    `until` None: until it is ended. Sent twice with one `key`, it is noted once. Raises Missing,
    Refused or InputProblems.
    """
    thing = thing_of(agency, person)
    permit(actor, Action.EXEMPT, thing)
    earlier = Exemption.objects.filter(pk=key).first() if key else None
    mine = (agency, person, actor.id)
    if earlier is not None and (earlier.agency_id, earlier.person_id, earlier.by_id) == mine:
        return earlier
    wrong = [used_key()] if earlier is not None else []
    made = Exemption(
        id=key or uuid4(), agency_id=agency, person_id=person, reason=reason, start=start,
        until=until, note=line("note", note, LONGEST_NOTE, wrong, needed=reason == "other"),
        by_id=actor.person, at=now,
    )  # fmt: skip
    refuse(_("the exemption"), wrong + _wrong(made))
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            log.note(actor, EXEMPT, "exemption", made.id, thing, now=now)
    except IntegrityError:
        return exempt(actor, agency, person, reason, start, until, note, now, key=key)
    return made


def end(actor: Actor, exemption: UUID, until: date, now: datetime) -> Exemption:
    """End an exemption on an earlier day than it was to: the row is taken back, another added."""
    find(actor, exemption)
    with transaction.atomic():
        found = Exemption.objects.select_for_update(no_key=True).get(pk=exemption)
        if found.withdrawn_at is not None:
            return found
        if until < found.start or (found.until is not None and until >= found.until):
            given, fix = until.isoformat(), _("choose another day, or take it back")
            expected = _("a day from its first to the one before its last")
            refuse(_("the exemption"), [Problem("until", given, expected, fix)])
        found.withdrawn_at = now
        found.save(update_fields=["withdrawn_at"])
        made = Exemption.objects.create(
            agency_id=found.agency_id, person_id=found.person_id, reason=found.reason,
            start=found.start, until=until, note=found.note, by_id=actor.person, at=now,
        )  # fmt: skip
        thing = thing_of(found.agency_id, found.person_id)
        log.note(actor, END, "exemption", found.id, thing, detail={"now": str(made.id)}, now=now)
    return made


def withdraw(actor: Actor, exemption: UUID, now: datetime) -> Exemption:
    """Take an exemption back that was a mistake: it never held, and stays to be seen."""
    found = find(actor, exemption)
    with transaction.atomic():
        standing = Exemption.objects.filter(pk=found.pk, withdrawn_at=None)
        if standing.update(withdrawn_at=now):
            thing = thing_of(found.agency_id, found.person_id)
            log.note(actor, WITHDRAW, "exemption", found.id, thing, now=now)
    found.refresh_from_db()
    return found


def of_person(agency: UUID, person: UUID) -> QuerySet[Exemption]:
    """Return all exemptions of somebody in an agency, withdrawn ones too, the latest first."""
    rows = Exemption.objects.filter(agency=agency, person=person)
    return rows.select_related("by").order_by("-start", "-at", "id")


def standing(agency: UUID) -> QuerySet[Exemption]:
    """Return the exemptions of an agency that were not taken back."""
    return Exemption.objects.filter(agency=agency, withdrawn_at=None)


def standing_from(agency: Agency, day: date, units: Iterable[Unit] | None) -> QuerySet[Exemption]:
    """Return the exemptions that hold on a day or later, of the people of these units, by name.

    `units` None: of everybody in the agency.
    """
    rows = standing(agency.id).filter(Q(until=None) | Q(until__gte=day))
    if units is not None:
        rows = rows.filter(person__in=trainees(agency, units).order_by().values("pk"))
    return rows.select_related("person", "by").order_by("person__name", "person", "start", "id")


def find(actor: Actor, exemption: UUID) -> Exemption:
    """Return an exemption for whoever may change it. Raises Missing or Refused."""
    found = Exemption.objects.filter(pk=exemption).first()
    if found is None:
        raise Missing(f"no exemption {exemption}")
    thing = thing_of(found.agency_id, found.person_id)
    permit(actor, Action.EXEMPT, thing, "exemption", found.id)
    return found


def _wrong(made: Exemption) -> list[Problem]:
    """Hold an exemption against the library's rules, told by the names of the form's fields."""
    if made.reason not in REASONS:
        fix = _("choose one")
        return [Problem("reason", made.reason[:20], _("one of the list"), fix)]
    try:
        made.value()
    except InputProblems as error:
        return [replace(p, where=p.where.rpartition(", ")[2]) for p in error.problems]
    return []
