"""Agencies, their units and settings, and who runs the site."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.accounts.people import Invited, by_email, fresh_link, join, refused
from stepdown.web.accounts.zones import known
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor, Role, Thing

LONGEST_RETENTION = 3650
SITE = Thing()


def administered(actor: Actor) -> list[Agency]:
    """Return the agencies that this person administers."""
    ids = [g.agency for g in actor.grants if g.agency and g.role is Role.AGENCY_ADMIN]
    return list(Agency.objects.filter(pk__in=ids).order_by("name"))


def find_agency(actor: Actor, agency: UUID | None, action: Action) -> Agency:
    """Return an agency, or the only one that somebody administers, if the policy allows."""
    if agency is None:
        own = administered(actor)
        agency = own[0].id if own else next((g.agency for g in actor.grants if g.agency), None)
    permit(actor, action, Thing(agency=agency), "agency", agency or "")
    found = Agency.objects.filter(pk=agency).first() if agency else None
    if found is None:
        raise Missing(f"no agency {agency}")
    return found


def add_agency(
    actor: Actor, name: str, admin_name: str, admin_email: str, now: datetime
) -> tuple[Agency, Invited]:
    """Add an agency with its first administrator."""
    permit(actor, Action.ADD_AGENCY, SITE, "agency")
    try:
        with transaction.atomic():
            agency = Agency.objects.create(name=name, created_at=now)
            note(actor, "agency added", "agency", agency.id, Thing(agency=agency.id), now=now)
            first = join(actor, agency, admin_name, admin_email, Role.AGENCY_ADMIN, None, now)
    except IntegrityError:
        raise _taken(_("the agency's name"), name) from None
    return agency, first


def appoint(actor: Actor, agency: UUID, name: str, email: str, now: datetime) -> Invited:
    """Give an agency one more administrator, for instance when its last one is gone."""
    permit(actor, Action.ADD_AGENCY, SITE, "agency", agency)
    found = Agency.objects.filter(pk=agency).first()
    if found is None:
        raise Missing(f"no agency {agency}")
    with transaction.atomic():
        return join(actor, found, name, email, Role.AGENCY_ADMIN, None, now)


def add_unit(actor: Actor, agency: Agency, name: str, now: datetime) -> Unit:
    """Add a unit to an agency."""
    permit(actor, Action.MANAGE_AGENCY, Thing(agency=agency.id), "agency", agency.id)
    try:
        with transaction.atomic():
            unit = Unit.objects.create(agency=agency, name=name)
            note(actor, "unit added", "unit", unit.id, Thing(agency=agency.id), now=now)
    except IntegrityError:
        raise _taken(_("the unit's name"), name) from None
    return unit


def rename_unit(actor: Actor, unit: UUID, name: str, now: datetime) -> Unit:
    """Give a unit another name."""
    found = Unit.objects.select_related("agency").filter(pk=unit).first()
    permit(actor, Action.MANAGE_AGENCY, Thing(agency=found.agency_id if found else None), "unit",
           unit)  # fmt: skip
    if found is None:
        raise Missing(f"no unit {unit}")
    try:
        with transaction.atomic():
            found.name = name
            found.save(update_fields=["name"])
            note(actor, "unit renamed", "unit", found.id, Thing(agency=found.agency_id), now=now)
    except IntegrityError:
        raise _taken(_("the unit's name"), name) from None
    return found


def keep_for(
    actor: Actor, agency: Agency, practice_days: int, assessment_days: int, now: datetime
) -> None:
    """Change for how many days words are kept; 0 keeps them."""
    permit(actor, Action.MANAGE_AGENCY, Thing(agency=agency.id), "agency", agency.id)
    for days in (practice_days, assessment_days):
        if not 0 <= days <= LONGEST_RETENTION:
            raise refused(
                _("days"), str(days), _("0 to %(most)s") % {"most": LONGEST_RETENTION},
                _("choose a number of days, 0 to keep the words"),
            )  # fmt: skip
    before = [agency.retention_days, agency.assessment_retention_days]
    with transaction.atomic():
        agency.retention_days, agency.assessment_retention_days = practice_days, assessment_days
        agency.save(update_fields=["retention_days", "assessment_retention_days"])
        detail = {"before": before, "now": [practice_days, assessment_days]}
        note(actor, "retention changed", "agency", agency.id, Thing(agency=agency.id),
             detail=detail, now=now)  # fmt: skip


def set_zone(actor: Actor, agency: Agency, zone: str, now: datetime) -> None:
    """Change the time zone of an agency. Moments that are stored stay; they are shown in it."""
    permit(actor, Action.MANAGE_AGENCY, Thing(agency=agency.id), "agency", agency.id)
    if not known(zone):
        raise refused(
            _("the time zone"), zone[:80], _("a zone such as America/Chicago"),
            _("choose one from the list"),
        )  # fmt: skip
    if zone == agency.zone:
        return
    before = agency.zone
    with transaction.atomic():
        agency.zone = zone
        agency.save(update_fields=["zone"])
        note(actor, "time zone changed", "agency", agency.id, Thing(agency=agency.id),
             detail={"before": before, "now": zone}, now=now)  # fmt: skip


def give_site(actor: Actor, email: str, now: datetime) -> Person:
    """Let somebody who has an account run the site."""
    permit(actor, Action.RUN_SITE, SITE, "site")
    person = _known(email)
    with transaction.atomic():
        _, new = RoleGrant.objects.get_or_create(
            person=person, role=Role.SITE_ADMIN, agency=None, unit=None, defaults={"since": now}
        )
        if new:
            detail = {"role": Role.SITE_ADMIN.value}
            note(actor, "role given", "person", person.id, SITE, detail=detail, now=now)
    return person


def take_site(actor: Actor, person: UUID, now: datetime) -> None:
    """Let somebody run the site no more. Raises InputProblems for the last one."""
    permit(actor, Action.RUN_SITE, SITE, "site")
    with transaction.atomic():
        running = list(site_administrators().select_for_update(no_key=True))
        grant = next((g for g in running if g.person_id == person), None)
        if grant is None:
            return
        spare_last_site_administrator(person)
        detail = {"role": Role.SITE_ADMIN.value}
        note(actor, "role taken", "person", person, SITE, detail=detail, now=now)
        grant.delete()


def site_link(actor: Actor, email: str, now: datetime, *, second_factor: bool = False) -> str:
    """Return the secret of a new link for anybody who has an account."""
    permit(actor, Action.RUN_SITE, SITE, "site")
    return fresh_link(actor, _known(email), SITE, now, second_factor=second_factor)


def site_administrators() -> QuerySet[RoleGrant]:
    """Return the roles of those who run the site and can sign in."""
    return RoleGrant.objects.filter(role=Role.SITE_ADMIN, person__is_active=True)


def spare_last_site_administrator(person: UUID) -> None:
    """Raise InputProblems if nobody would be left to run the site."""
    running = site_administrators()
    if running.filter(person=person).exists() and not running.filter(~Q(person=person)).exists():
        raise refused(
            _("the role"), _("the last administrator of the site"),
            _("at least one administrator"), _("make somebody else an administrator first"),
        )  # fmt: skip


def _known(email: str) -> Person:
    person = by_email(email)
    if person is None or not person.is_active:
        raise refused(
            _("e-mail"), email[:80], _("the address of somebody who can sign in"),
            _("correct it, or invite them first"),
        )  # fmt: skip
    return person


def _taken(what: str, name: str) -> Exception:
    return refused(what, name[:80], _("a name that is not in use"), _("choose another"))
