"""Read the audit log: an agency its own, the site all, a person what concerns their record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from types import MappingProxyType
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Exists,
    Model,
    OuterRef,
    Q,
    QuerySet,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Cast, Replace

from stepdown.web.accounts.models import Person
from stepdown.web.audit.models import Entry
from stepdown.web.permission import permit
from stepdown.web.policy import Action, Actor, Role, Thing
from stepdown.web.practice.models import Encounter
from stepdown.web.programs.models import Exemption
from stepdown.web.records.models import Certificate, Credit, Exam

A_PAGE, A_CHUNK = 50, 500
RECORDS: Mapping[str, type[Model]] = MappingProxyType({
    "encounter": Encounter, "exam": Exam, "exemption": Exemption, "certificate": Certificate,
    "credit": Credit,
})  # fmt: skip
"""Kinds of records that are a person's own, as entries name them; acts on others of theirs, such
as who was at a session, name the person."""
AN_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of an agency (None: of the site), a person, an action, a day."""

    agency: UUID | None = None
    person: UUID | None = None
    action: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with the names of who acted and whom it is about, where the reader may know them."""

    entry: Entry
    who: str
    about: str


def agency_read(actor: Actor, asked: UUID | None) -> UUID | None:
    """Return whose log is read: the agency asked for, else all of the site, else one's own."""
    if asked is not None or Role.SITE_ADMIN in actor.roles:
        return asked
    own = [g.agency for g in actor.grants if g.role is Role.AGENCY_ADMIN]
    return min((a for a in own if a), key=str, default=None) or next(
        (g.agency for g in actor.grants if g.agency), None
    )


def entries(actor: Actor, wanted: Wanted) -> QuerySet[Entry]:
    """Return the entries, newest first, without people's own practice. The reading is noted."""
    permit(actor, Action.READ_AUDIT, Thing(agency=wanted.agency), "audit log",
           wanted.agency or "site")  # fmt: skip
    found = _apart_from_practice(Entry.objects.order_by("-number"))
    if wanted.agency is not None:
        found = found.filter(agency=wanted.agency)
    if wanted.person is not None:
        about = Q(kind="person", record=str(wanted.person))
        found = found.filter(Q(actor=wanted.person) | about)
    if wanted.action:
        found = found.filter(action__icontains=wanted.action)
    if wanted.day is not None:
        begin = datetime.combine(wanted.day, time(), UTC)
        found = found.filter(at__gte=begin, at__lt=begin + timedelta(days=1))
    return found


def _apart_from_practice(found: QuerySet[Entry]) -> QuerySet[Entry]:
    """Leave out what people did in practice of their own: it stays in the log, for nobody's eyes.

    What others tried with it is shown, and so is what anybody did in an assessment.
    """
    plain = Cast(Replace("record", Value("-"), Value("")), UUIDField())
    encounter = Case(When(kind="encounter", record__regex=AN_ID, then=plain))
    practice = Encounter.objects.filter(pk=OuterRef("encounter"), assessed=False)
    own = Exists(practice.filter(person=OuterRef("actor"))) | (
        Q(outcome="done") & Exists(practice)
    )  # an encounter that was erased is nobody's, and nobody but its person did anything in it
    return found.alias(encounter=encounter).exclude(own)


def about(person: UUID) -> Q:
    """Return what finds the entries about a person: about them, or about a record of theirs."""
    first, *more = [
        model._default_manager.filter(person=person).order_by()
        .annotate(of=Value(kind, CharField())).values_list("of", "pk")
        for kind, model in RECORDS.items()
    ]  # fmt: skip
    mine: dict[str, list[str]] = {}
    for kind, pk in first.union(*more, all=True):
        mine.setdefault(kind, []).append(str(pk))
    found = Q(kind="person", record=str(person))
    for kind, records in mine.items():
        found |= Q(kind=kind, record__in=records)
    return found


def by_others(person: UUID) -> Q:
    """Return what finds the entries of what others did with a person's record."""
    return about(person) & ~Q(actor=person)


def about_me(person: UUID) -> QuerySet[Entry]:
    """Return what others did with a person's record, newest first."""
    return Entry.objects.filter(by_others(person)).order_by("-number")


def a_page(found: QuerySet[Entry], before: int | None) -> tuple[list[Entry], int | None]:
    """Return one page, and the number before which the next one begins."""
    if before is not None:
        found = found.filter(number__lt=before)
    rows = list(found[: A_PAGE + 1])
    return rows[:A_PAGE], rows[A_PAGE - 1].number if len(rows) > A_PAGE else None


def named(rows: Iterable[Entry], agency: UUID | None) -> list[Line]:
    """Return entries with names; an agency is told no name of anybody outside it."""
    rows = list(rows)
    ids = {row.actor for row in rows if row.actor} | {pk for row in rows if (pk := _about(row))}
    people = Person.objects.filter(pk__in=ids)
    if agency is not None:
        people = people.filter(grants__agency=agency)
    names = {person.pk: person.name for person in people}
    return [
        Line(row, names.get(row.actor, "") if row.actor else "",
             names.get(pk, "") if (pk := _about(row)) else "")
        for row in rows
    ]  # fmt: skip


def in_chunks(found: QuerySet[Entry], agency: UUID | None) -> Iterator[Line]:
    """Yield all entries with names, looked up many at a time."""
    rows = found.iterator(chunk_size=A_CHUNK)
    while chunk := list(islice(rows, A_CHUNK)):
        yield from named(chunk, agency)


def whose(text: str, agency: UUID | None) -> UUID | None:
    """Return the person of an id or an e-mail address, None if nobody here has it."""
    try:
        return UUID(text)
    except ValueError:
        people = Person.objects.filter(email__iexact=text)
    if agency is not None:
        people = people.filter(grants__agency=agency)
    return people.values_list("pk", flat=True).first()


def _about(row: Entry) -> UUID | None:
    """Return the person whom an entry is about, if it is about one."""
    try:
        return UUID(row.record) if row.kind == "person" else None
    except ValueError:
        return None
