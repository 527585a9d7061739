"""Erase a person's data, as the rules say, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from stepdown.web.accounts.agencies import spare_last_site_administrator
from stepdown.web.accounts.models import Agency, Person
from stepdown.web.accounts.people import (
    member,
    spare_last_administrator,
    thing_of,
    wholly_here,
)  # fmt: skip
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.practice.live import forget
from stepdown.web.practice.models import Encounter
from stepdown.web.practice.reviewing import forget_review
from stepdown.web.privacy.asking import ask, noted, refused
from stepdown.web.privacy.hold import standing
from stepdown.web.privacy.rule import Blank, Delete, Side, Table, rows_here, rows_of
from stepdown.web.privacy.rules import ERASED, TABLES
from stepdown.web.records.feeds import withdraw_from_teachers


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: how many encounters lost their words."""

    encounters: int


def require_erasable(person: UUID) -> None:
    """Raise InputProblems if a person's data cannot be erased now, before anybody is asked."""
    found = Person.objects.get(pk=person)
    _refuse_held(found, standing(found).exists())


def erase(actor: Actor | None, person: UUID, now: datetime) -> Erased:
    """Erase everything of a person. Raises InputProblems under a legal hold."""
    found = Person.objects.get(pk=person)
    thing = Thing(owner=found.id)
    ask(actor, Action.ERASE, found, thing)
    with transaction.atomic():
        theirs = Agency.objects.filter(pk__in=found.grants.values("agency")).order_by("pk")
        list(theirs.select_for_update(no_key=True))
        found = Person.objects.select_for_update(no_key=True).get(pk=person)
        _refuse_held(found, standing(found).exists())
        for agency in theirs.all():
            spare_last_administrator(found, agency)
        spare_last_site_administrator(found.pk)
        gone = _everything(found, now)
        noted(actor, "erased", found, thing, now, encounters=len(gone))
    return _forgotten(gone)


def erase_here(actor: Actor, person: UUID, agency: UUID, now: datetime) -> Erased:
    """Erase what an agency holds of a person, and the person where it alone answers for them.

    Whoever belongs elsewhere too keeps the account and what they have there; the rows that stay
    here for counting then belong to nobody.
    """
    found, place = member(actor, person, agency, Action.ERASE)
    thing = thing_of(found, place)
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=place.pk)
        found = Person.objects.select_for_update(no_key=True).get(pk=person)
        _refuse_held(found, standing(found).filter(agency=place).exists())
        spare_last_administrator(found, place)
        whole = wholly_here(found, place) and not standing(found).exists()
        gone = _everything(found, now) if whole else _part(found, place, now)
        noted(actor, "erased", found, thing, now, encounters=len(gone))
    return _forgotten(gone)


def _everything(person: Person, now: datetime) -> list[UUID]:
    encounters = _locked(Encounter.objects.filter(person=person))
    lost = list(person.grants.all())
    for table in TABLES:
        for side in table.sides:
            rows = rows_of(table, side, person)
            if isinstance(side.erase, Delete):
                rows.delete()
            elif isinstance(side.erase, Blank):
                rows.update(**_values(side, person, now))
    withdraw_from_teachers(lost, now)
    return encounters


def _part(person: Person, agency: Agency, now: datetime) -> list[UUID]:
    encounters = _locked(Encounter.objects.filter(person=person, agency=agency))
    lost = list(person.grants.filter(agency=agency))
    nobody = _nobody(now)
    for table, side in _answered_for():
        rows = rows_here(table, side, person, agency)
        if isinstance(side.erase, Delete):
            rows.delete()
            continue
        values = _values(side, person, now) if isinstance(side.erase, Blank) else {}
        if side.holder:
            values[side.holder] = nobody
        if values:
            rows.update(**values)
    withdraw_from_teachers(lost, now)
    return encounters


def _answered_for() -> list[tuple[Table, Side]]:
    """Return the sides for which agencies answer; those found through another table come first."""
    found = [(table, side) for table in TABLES for side in table.sides if side.agency]
    return sorted(found, key=lambda pair: pair[1].holder == "person")


def _values(side: Side, person: Person, now: datetime) -> dict[str, object]:
    assert isinstance(side.erase, Blank)  # noqa: S101
    return {name: value(person, now) for name, value in side.erase.values.items()}


def _locked(encounters: QuerySet[Encounter]) -> list[UUID]:
    """Hold the rows so that no turn is written meanwhile: whoever plays finds them ended."""
    return list(encounters.select_for_update().order_by("pk").values_list("pk", flat=True))


def _nobody(now: datetime) -> Person:
    """Make a person without name or address, to whom rows belong that are only counted."""
    made = Person(name=ERASED, is_active=False, erased_at=now)
    made.email = f"erased-{made.pk}@invalid"
    made.set_unusable_password()
    made.save(force_insert=True)
    return made


def _forgotten(encounters: list[UUID]) -> Erased:
    for encounter in encounters:
        forget(encounter)
        forget_review(encounter)
    return Erased(len(encounters))


def _refuse_held(person: Person, held: bool) -> None:
    if person.erased_at is not None:
        raise refused(
            _("the data"), _("a person whose data are erased"), _("somebody else"),
            _("nothing needs to be done"),
        )  # fmt: skip
    if held:
        raise refused(
            _("the data"), _("a legal hold"), _("data that nobody must keep"),
            _("the agency must lift the hold first; its page and yours say why it stands"),
        )  # fmt: skip
