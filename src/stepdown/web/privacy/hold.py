"""Legal hold: while an agency holds a person's data, nothing of them is deleted there.

No hold is secret: the person sees on their own pages that it stands, of which agency, and why.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from stepdown.web.accounts.models import Agency, Hold, Person
from stepdown.web.accounts.people import member, thing_of
from stepdown.web.permission import Missing
from stepdown.web.policy import Action, Actor
from stepdown.web.privacy.asking import noted, refused

LONGEST_REASON = 400


def hold(actor: Actor | None, person: UUID, agency: UUID, reason: str, now: datetime) -> Hold:
    """Put a person's data in an agency under hold. A hold that stands already gets the reason."""
    found, place = _found(actor, person, agency)
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise refused(
            _("the reason"), _("%(n)s characters") % {"n": len(reason)},
            _("1 to %(most)s characters") % {"most": LONGEST_REASON},
            _("write why the data must be kept; the person will read it"),
        )  # fmt: skip
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=found.pk)
        made, new = Hold.objects.get_or_create(
            person=found, agency=place, lifted_at=None,
            defaults={"reason": reason, "since": now, "by_id": actor.id if actor else None},
        )  # fmt: skip
        if not new:
            made.reason = reason
            made.save(update_fields=["reason"])
        noted(actor, "hold set" if new else "hold changed", found, thing_of(found, place), now)
    return made


def lift(actor: Actor | None, person: UUID, agency: UUID, now: datetime) -> bool:
    """Lift the hold of an agency; False if none stood."""
    found, place = _found(actor, person, agency)
    with transaction.atomic():
        lifted = standing(found).filter(agency=place).update(lifted_at=now)
        if lifted:
            noted(actor, "hold lifted", found, thing_of(found, place), now)
    return bool(lifted)


def standing(person: Person) -> QuerySet[Hold]:
    """Return the holds on a person that were not lifted."""
    return person.holds.filter(lifted_at=None).select_related("agency").order_by("since")


def held_in(agency: UUID | None) -> Exists:
    """Say, of each encounter of an agency, whether a hold keeps its words.

    Where no agency answers for an encounter, any hold on the person keeps it.
    """
    holds = Hold.objects.filter(person=OuterRef("person"), lifted_at=None)
    return Exists(holds.filter(agency=agency) if agency else holds)


def _found(actor: Actor | None, person: UUID, agency: UUID) -> tuple[Person, Agency]:
    """Return a person and an agency; a command may hold somebody who has left it as well."""
    if actor is not None:
        return member(actor, person, agency, Action.HOLD)
    found, place = (
        Person.objects.filter(pk=person).first(),
        Agency.objects.filter(pk=agency).first(),
    )
    if found is None or place is None:
        raise Missing(f"no person {person} or no agency {agency}")
    return found, place
