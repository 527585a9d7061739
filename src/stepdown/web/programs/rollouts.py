"""Rollouts on a site: kept as they were drawn, found and shown."""

from __future__ import annotations

from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.retention import rollout_record
from stepdown.retention.rollout_record import Actual, read_rollout
from stepdown.web.accounts.models import Agency
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor
from stepdown.web.programs import curricula
from stepdown.web.programs.models import ProgrammeVersion, Rollout

ERASED = "erased"


def agencies_of(actor: Actor) -> list[Agency]:
    """Return the agencies whose rollouts this person may see, by name."""
    return curricula.agencies_of(actor, Action.SEE_ROLLOUT)


def listed(agencies: list[Agency]) -> QuerySet[Rollout]:
    """Return the rollouts of these agencies, by agency, newest first.

    Each has the `title_taught` of its programme, as the latest version has it.
    """
    versions = ProgrammeVersion.objects.filter(
        agency=OuterRef("agency"), name=OuterRef("programme")
    )
    title = versions.order_by("-number").values_list(KT("content__title"))[:1]
    rows = Rollout.objects.filter(agency__in=agencies).select_related("agency", "by")
    rows = rows.annotate(title_taught=Subquery(title))
    return rows.defer("text").order_by("agency__name", "agency", "-at")


def find(actor: Actor, rollout: UUID, action: Action = Action.SEE_ROLLOUT) -> Rollout:
    """Return a rollout if the policy allows. Raises Missing or Refused."""
    row = Rollout.objects.select_related("agency", "by").filter(pk=rollout).first()
    if row is None:
        raise Missing(f"no rollout {rollout}")
    permit(actor, action, row.thing(), "rollout", row.id)
    return row


def opened(row: Rollout) -> rollout_record.Rollout:
    """Return a rollout with its actual dates, as the library has it; it is drawn again.

    Raises InputProblems where the record is not the one that was drawn. Times are those of the
    draw's own offset from UTC, so that an entry falls on the same day whenever it is read.
    """
    found = read_rollout(row.text, row.title)
    if found.draw.digest != row.digest:
        problem = Problem(
            row.title, found.draw.digest, row.digest, _("restore the record of the draw")
        )
        raise InputProblems(row.title, [problem])
    offset = found.draw.drawn_at.tzinfo
    entries = tuple(
        Actual(entry.unit, entry.day, entry.at.astimezone(offset), str(entry.by_id or ERASED),
               entry.note)
        for entry in row.actual.order_by("at", "id")
    )  # fmt: skip
    return rollout_record.Rollout(found.draw, entries)


def others_of(row: Rollout) -> QuerySet[Rollout]:
    """Return the other draws of the same programme in the agency: all of them stay to be seen."""
    return Rollout.objects.filter(agency=row.agency_id, programme=row.programme).exclude(pk=row.pk)


def programmes_of(agency: UUID) -> dict[str, str]:
    """Return the titles of an agency's programmes by id, as the latest version has them."""
    rows = ProgrammeVersion.objects.filter(agency=agency).order_by("number")
    found = dict(rows.values_list("name", "content__title"))
    return dict(sorted(found.items(), key=lambda pair: pair[1]))
