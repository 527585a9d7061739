"""What an agency's administrator does with people: invite, give and take roles, let in or not.

A person may belong to several agencies. None of them learns of the others: whoever acts here sees
and changes only what belongs to the agency that they administer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.entering import clean_name, make_link
from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.accounts.sessions import end_sessions
from stepdown.web.accounts.suspending import gone, let_in, open_accounts, suspend
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor, Role, Thing
from stepdown.web.privacy.elsewhere import held_elsewhere
from stepdown.web.records.feeds import withdraw_from_teachers

GIVEN_HERE = tuple(role for role in Role if role is not Role.SITE_ADMIN)
"""Roles that an agency gives."""
OF_THE_WHOLE = frozenset({Role.ANALYST, Role.AGENCY_ADMIN})
"""Roles that are of an agency, never of one unit."""


@dataclass(frozen=True, slots=True)
class Invited:
    """A person who was given a role, and the secret of a one-time link if one was made."""

    person: Person
    secret: str | None


def thing_of(person: Person, agency: Agency) -> Thing:
    """Return a person as the policy sees them in an agency."""
    units = frozenset(g.unit_id for g in roles_here(person, agency) if g.unit_id)
    return Thing(owner=person.id, agency=agency.id, units=units)


def roles_here(person: Person, agency: Agency) -> list[RoleGrant]:
    """Return the roles of a person in an agency, suspended ones too."""
    return [grant for grant in person.grants.all() if grant.agency_id == agency.id]


def member(actor: Actor, person: UUID, agency: UUID, action: Action) -> tuple[Person, Agency]:
    """Return a person of an agency, if the policy allows. Raises Missing or Refused.

    Somebody who has no role in the agency is missing, whoever they are elsewhere.
    """
    place = Agency.objects.filter(pk=agency).first()
    found = Person.objects.prefetch_related("grants__unit").filter(pk=person).first()
    if place is None or found is None or not roles_here(found, place):
        permit(actor, action, Thing(person, place.id if place else None), "person", person)
        raise Missing(f"no person {person} in agency {agency}")
    permit(actor, action, thing_of(found, place), "person", found.id)
    return found, place


def invite(
    actor: Actor, agency: Agency, name: str, email: str, role: Role, unit: UUID | None,
    now: datetime,
) -> Invited:  # fmt: skip
    """Give a role to whoever has this e-mail address; if nobody has, add them with a link."""
    permit(actor, Action.INVITE, Thing(agency=agency.id), "agency", agency.id)
    with transaction.atomic():
        return join(actor, agency, name, email, role, unit, now)


def join(
    actor: Actor, agency: Agency, name: str, email: str, role: Role, unit: UUID | None,
    now: datetime,
) -> Invited:  # fmt: skip
    """Do what `invite` says; whoever calls has asked the policy."""
    _held(agency)
    person = by_email(email)
    new = person is None
    if person is None:
        person = _added(email, name)
        note(actor, "person added", "person", person.id, Thing(person.id, agency.id), now=now)
    _grant(actor, person, agency, role, unit, now)
    open_accounts([person], agency)
    return Invited(person, make_link(actor, person, now) if new else None)


def give(
    actor: Actor, person: UUID, agency: UUID, role: Role, unit: UUID | None, now: datetime
) -> RoleGrant:
    """Give one more role to somebody of the agency."""
    found, place = member(actor, person, agency, Action.GIVE_ROLE)
    with transaction.atomic():
        _held(place)
        return _grant(actor, found, place, role, unit, now)


def take(actor: Actor, person: UUID, agency: UUID, grant: int, now: datetime) -> None:
    """Take a role away. Raises InputProblems for the last administrator's."""
    found, place = member(actor, person, agency, Action.GIVE_ROLE)
    with transaction.atomic():
        _held(place)
        row = found.grants.filter(pk=grant, agency=place).first()
        if row is None:
            return
        if row.role == Role.AGENCY_ADMIN:
            spare_last_administrator(found, place)
        if row.suspended_at is not None and len(roles_here(found, place)) == 1:
            raise refused(
                _("the role"), _("the last role of somebody who is deactivated"),
                _("somebody who is let in, or another role"),
                _("let them in again first, or erase their data"),
            )  # fmt: skip
        detail = {"role": row.role, "unit": str(row.unit_id or "")}
        note(actor, "role taken", "person", found.id, thing_of(found, place), detail=detail,
             now=now)  # fmt: skip
        row.delete()
        withdraw_from_teachers([row], now)
        if not found.grants.filter(agency=place).exists():
            gone(found, place, now)


def deactivate(actor: Actor, person: UUID, agency: UUID, now: datetime) -> None:
    """Let somebody in no more, as far as this agency goes. Nothing of theirs is deleted."""
    found, place = member(actor, person, agency, Action.DEACTIVATE)
    with transaction.atomic():
        _held(place)
        spare_last_administrator(found, place)
        suspend([found], place, now)
        note(actor, "deactivated", "person", found.id, thing_of(found, place), now=now)


def reactivate(actor: Actor, person: UUID, agency: UUID, now: datetime) -> None:
    """Let somebody in again, with the roles that they had here.

    An agency cannot undo what another did before it: then the account stays closed.
    """
    found, place = member(actor, person, agency, Action.DEACTIVATE)
    with transaction.atomic():
        let_in([found], place)
        note(actor, "reactivated", "person", found.id, thing_of(found, place), now=now)


def new_link(
    actor: Actor, person: UUID, agency: UUID, now: datetime, *, second_factor: bool = False
) -> str:
    """Return the secret of a link for a forgotten password. `second_factor`: forget that as well.

    Only for somebody who belongs to this agency alone: the link opens everything of theirs.
    """
    found, place = member(actor, person, agency, Action.INVITE)
    if not wholly_here(found, place):
        raise refused(
            _("the link"), _("a person for whom this agency alone does not answer"),
            _("one of its own people"), _("ask whoever runs this site to make the link"),
        )  # fmt: skip
    return fresh_link(actor, found, thing_of(found, place), now, second_factor=second_factor)


def fresh_link(
    actor: Actor, person: Person, thing: Thing, now: datetime, *, second_factor: bool
) -> str:
    """Make a link in place of all earlier ones, and end all sessions and keys for programs."""
    if not person.is_active:
        raise refused(
            _("the link"), _("a person who is deactivated"), _("a person who is let in"),
            _("let them in again first"),
        )  # fmt: skip
    with transaction.atomic():
        secret = make_link(actor, person, now)
        if second_factor:
            Authenticator.objects.filter(user=person).delete()
            note(actor, "second factor forgotten", "person", person.id, thing, now=now)
        end_sessions(person)
        person.tokens.all().delete()
    return secret


def wholly_here(person: Person, agency: Agency) -> bool:
    """Say whether no other agency holds anything of a person, nor do they run the site.

    Roles are not all: what somebody did in an agency is its record after the last was taken.
    """
    runs_site = person.grants.filter(agency=None).exists()
    return not runs_site and not held_elsewhere(person, agency)


def spare_last_administrator(person: Person, agency: Agency) -> None:
    """Raise InputProblems if an agency would be left without an administrator."""
    admins = RoleGrant.objects.filter(
        role=Role.AGENCY_ADMIN, agency=agency, suspended_at=None, person__is_active=True
    )
    if admins.filter(person=person).exists() and not admins.exclude(person=person).exists():
        raise refused(
            _("the role"), _("the last administrator of the agency"),
            _("at least one administrator who is let in"),
            _("make somebody else an administrator first"),
        )  # fmt: skip


def by_email(email: str) -> Person | None:
    """Return whoever has an e-mail address, whatever its capitals."""
    return Person.objects.filter(email__iexact=email.strip()).first()


def refused(where: str, given: str, expected: str, fix: str) -> InputProblems:
    """Return the error for something that cannot be done to a person."""
    return InputProblems(where, [Problem(where, given, expected, fix)])


def _added(email: str, name: str) -> Person:
    try:
        with transaction.atomic():
            return Person.objects.create_user(email.strip(), clean_name(name))
    except IntegrityError:
        raise refused(
            _("e-mail"), _("an address that was added at this moment"), _("one new address"),
            _("send it again"),
        ) from None  # fmt: skip


def _grant(
    actor: Actor, person: Person, agency: Agency, role: Role, unit: UUID | None, now: datetime
) -> RoleGrant:
    place = _placed(agency, role, unit)
    here = list(person.grants.filter(agency=agency))
    if any(grant.suspended_at for grant in here):
        raise refused(
            _("the role"), _("a person who is deactivated here"), _("a person who is let in"),
            _("let them in again on their page first"),
        )  # fmt: skip
    if any(g.role == role and g.unit_id == (place.id if place else None) for g in here):
        raise refused(
            _("the role"), _("a role that they have already"), _("another role or unit"),
            _("nothing needs to be done"),
        )  # fmt: skip
    grant = RoleGrant.objects.create(person=person, role=role, agency=agency, unit=place, since=now)
    detail = {"role": role.value, "unit": str(unit or "")}
    note(actor, "role given", "person", person.id, Thing(person.id, agency.id), detail=detail,
         now=now)  # fmt: skip
    return grant


def _placed(agency: Agency, role: Role, unit: UUID | None) -> Unit | None:
    """Return the unit of a role; None for the whole agency. Raises InputProblems."""
    if role not in GIVEN_HERE:
        raise refused(_("the role"), role.value, ", ".join(GIVEN_HERE), _("choose one of these"))
    if unit is None:
        return None
    if role in OF_THE_WHOLE:
        raise refused(
            _("the unit"), _("a unit"), _("the whole agency for this role"),
            _("choose the whole agency"),
        )  # fmt: skip
    found = agency.units.filter(pk=unit).first()
    if found is None:
        raise refused(
            _("the unit"), str(unit), _("a unit of this agency"), _("choose one from the list")
        )
    return found


def _held(agency: Agency) -> None:
    """Let one change of an agency's roles at a time go on, so that its last administrator stays."""
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
