"""Apply a roster that was looked at: in one transaction, once, and only as it was shown."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from stepdown.interop.roster_changes import Moved, confirmed
from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.accounts.suspending import let_in, suspend
from stepdown.web.audit.log import Act, note_all
from stepdown.web.policy import Actor, Role, Thing
from stepdown.web.records.dry_run import DryRun
from stepdown.web.records.known import no_address
from stepdown.web.records.models import Member, RosterImport, StagedRoster
from stepdown.web.records.rosters import NotWaiting, find_place, looked_at, still_waiting

LOG = logging.getLogger("stepdown.web")
BATCH = 500
MEMBER_FIELDS = ("number", "email", "title", "hired", "left", "certified")


class Differs(Exception):
    """What would be done now is not what was shown: the record has changed meanwhile."""


def apply(
    actor: Actor, agency: UUID, roster: UUID, shown: str, many_leave: bool, now: datetime
) -> RosterImport:
    """Do what a dry run showed; `shown` is its digest. Whoever leaves is deactivated, not deleted.

    Raises Missing, Refused, NotWaiting (also when it was applied already), Differs, or
    InputProblems when many would leave and `many_leave` does not say so.
    """
    place = find_place(actor, agency)
    try:
        with transaction.atomic():
            Agency.objects.select_for_update(no_key=True).get(pk=place.pk)
            staged = _locked(place, roster, now)
            roster_read, run = looked_at(staged, now)
            if run.digest != shown:
                raise Differs
            confirmed(run.changes, many_leave)
            acts = _Applying(place, run, now).everything()
            done = RosterImport.objects.create(
                agency=place, by_id=actor.person, at=now, sha256=roster_read.sha256,
                counts=counts(run), mapping=staged.mapping,
            )  # fmt: skip
            staged.delete()
            detail = {**done.counts, "sha256": done.sha256}
            acts.append(Act("roster applied", "roster", roster, detail))
            note_all(actor, acts, Thing(agency=place.pk), now=now)
    except IntegrityError as error:  # somebody made the same address or unit at this moment
        LOG.warning("roster not applied", exc_info=error)
        raise Differs from error
    return done


def counts(run: DryRun) -> dict[str, int]:
    """Return how many people a dry run touches, by how."""
    c = run.changes
    return {
        "joined": len(c.joined), "moved": len(c.moved), "left": len(c.left),
        "changed": len({each.key for each in c.changed}), "returned": len(c.returned),
        "unchanged": c.unchanged, "by_hand": len(run.by_hand), "units": len(c.new_units),
    }  # fmt: skip


def _locked(agency: Agency, roster: UUID, now: datetime) -> StagedRoster:
    rows = (
        still_waiting(agency, now)
        .select_for_update(no_key=True, of=("self",))
        .select_related("agency")
    )
    row = rows.filter(pk=roster).first()
    if row is None:
        raise NotWaiting
    return row


class _Applying:
    """Writes a dry run into the record, a handful of statements for any number of people."""

    def __init__(self, agency: Agency, run: DryRun, now: datetime) -> None:
        self.agency, self.run, self.now = agency, run, now
        self.acts: list[Act] = []
        self.units: dict[str, Unit] = {}

    def everything(self) -> list[Act]:
        """Do all of it, and return what to note of it."""
        changes = self.run.changes
        self._add_units(changes.new_units)
        self._move(changes.moved)
        self._join()
        self._change_people()
        self._let_in([UUID(each.key) for each in changes.returned])
        self._suspend([UUID(each.key) for each in changes.left])
        self._change_members()
        return self.acts

    def _noted(self, action: str, people: Iterable[UUID], **detail: object) -> None:
        self.acts += [Act(action, "person", person, dict(detail)) for person in people]

    def _add_units(self, names: Iterable[str]) -> None:
        made = Unit.objects.bulk_create(Unit(agency=self.agency, name=name) for name in names)
        self.acts += [Act("unit added", "unit", unit.pk) for unit in made]
        self.units = {unit.name: unit for unit in Unit.objects.filter(agency=self.agency)}

    def _join(self) -> None:
        people, members, grants = [], [], []
        for listed in self.run.changes.joined:
            pk = uuid4()
            person = Person(
                pk=pk, email=listed.email or no_address(pk), name=listed.name, created_at=self.now
            )
            person.set_unusable_password()
            people.append(person)
            members.append(Member(
                agency=self.agency, person=person, number=listed.id, email=listed.email,
                title=listed.title, hired=listed.start, certified=listed.certified,
            ))  # fmt: skip
            grants.append(self._trainee(pk, listed.unit, self.now))
        Person.objects.bulk_create(people, BATCH)
        Member.objects.bulk_create(members, BATCH)
        RoleGrant.objects.bulk_create(grants, BATCH)
        for grant in grants:
            detail = {"role": grant.role, "unit": str(grant.unit_id)}
            self._noted("person added by roster", [grant.person_id], **detail)

    def _trainee(self, person: UUID, unit: str, since: datetime) -> RoleGrant:
        return RoleGrant(person_id=person, role=Role.TRAINEE, agency=self.agency,
                         unit=self.units[unit], since=since)  # fmt: skip

    def _move(self, moved: Iterable[Moved]) -> None:
        """Put one role as a trainee in place of the old ones. It stands since the first of them.

        By that time it is decided which of somebody's agencies their own practice counts for, and
        which of two agencies may open an account again: to move within one must not change it.
        """
        to = {UUID(each.key): each.now for each in moved}
        old = RoleGrant.objects.filter(agency=self.agency, role=Role.TRAINEE, person__in=to)
        since: dict[UUID, RoleGrant] = {}
        left: dict[UUID, list[str]] = {}
        for grant in old.order_by("since", "pk"):
            since.setdefault(grant.person_id, grant)
            left.setdefault(grant.person_id, []).append(str(grant.unit_id or ""))
        old.delete()
        grants = [self._trainee(pk, unit, since[pk].since) for pk, unit in to.items()]
        for grant in grants:
            grant.suspended_at = since[grant.person_id].suspended_at
        RoleGrant.objects.bulk_create(grants, BATCH)
        for grant in grants:
            detail = {"from": left[grant.person_id], "unit": str(grant.unit_id)}
            self._noted("moved by roster", [grant.person_id], **detail)

    def _change_people(self) -> None:
        """Change names, and addresses of those who could not sign in."""
        values: dict[UUID, dict[str, str]] = {}
        for each in self.run.changes.changed:
            signs_in = each.field == "email" and each.key in self.run.new_sign_in
            if each.field == "name" or signs_in:
                values.setdefault(UUID(each.key), {})[each.field] = each.now
        people = list(Person.objects.filter(pk__in=values))
        for person in people:
            for field, value in values[person.pk].items():
                setattr(person, field, value)
        Person.objects.bulk_update(people, ["name", "email"], BATCH)
        for pk, fields in values.items():
            self._noted("changed by roster", [pk], fields=sorted(fields))

    def _let_in(self, keys: list[UUID]) -> None:
        let_in(list(Person.objects.filter(pk__in=keys)), self.agency)
        self._noted("reactivated", keys, by="roster")

    def _suspend(self, keys: list[UUID]) -> None:
        suspend(list(Person.objects.filter(pk__in=keys)), self.agency, self.now)
        self._noted("deactivated", keys, by="roster")

    def _change_members(self) -> None:
        """Write numbers, addresses, titles, first and last days; make rows that are missing."""
        values: dict[UUID, dict[str, str | date | None]] = {}
        named = {"id": "number", "email": "email", "title": "title"}
        for each in self.run.changes.changed:
            if each.field in named:
                values.setdefault(UUID(each.key), {})[named[each.field]] = each.now
        for each_day in self.run.days:
            values.setdefault(UUID(each_day.key), {})[each_day.field] = each_day.now
        for left in self.run.changes.left:
            values.setdefault(UUID(left.key), {})["left"] = self.run.ends[left.key]
        rows = {m.person_id: m for m in Member.objects.filter(agency=self.agency)}
        new: list[Member] = []
        old: list[Member] = []
        for pk, fields in values.items():
            known = rows.get(pk)
            row = known or Member(agency=self.agency, person_id=pk)
            for field, value in fields.items():
                setattr(row, field, value)
            (old if known else new).append(row)
        Member.objects.bulk_create(new, BATCH)
        Member.objects.bulk_update(old, MEMBER_FIELDS, BATCH)
