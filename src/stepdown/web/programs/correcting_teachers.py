"""Put right who taught a session once it has begun; each correction stays, with its reason."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stepdown.problems import Problem
from stepdown.web.accounts.models import Agency, Person
from stepdown.web.audit import log
from stepdown.web.policy import Action, Actor, Role
from stepdown.web.programs.models import Instructing, Session, TeacherCorrection
from stepdown.web.programs.scheduling import LONGEST_WHY, MOST_INSTRUCTORS, find
from stepdown.web.programs.text import line, refuse


def can_have_taught(session: Session) -> QuerySet[Person]:
    """Return those who instruct in the agency of a session or did, and who is noted, by name."""
    return Person.objects.filter(
        Q(pk__in=_instructors(session.agency)) | Q(instructing__session=session)
    ).distinct().order_by("name", "id")  # fmt: skip


def corrections_of(session: Session) -> QuerySet[TeacherCorrection]:
    """Return the corrections of who taught a session, the latest first."""
    return session.teacher_corrections.select_related("person", "by").order_by("-at", "-id")


def correct_teachers(
    actor: Actor, session: UUID, people: Collection[UUID], why: str, now: datetime
) -> int:
    """Say who taught a session after all, and return for how many people that is new.

    Earlier corrections stay to be seen. Sent twice, it is corrected once. Raises Missing, Refused
    or InputProblems.
    """
    find(actor, session, Action.SCHEDULE)
    with transaction.atomic():
        found = Session.objects.select_for_update(no_key=True, of=("self",)).get(pk=session)
        before = set(found.instructing.values_list("person", flat=True))
        after = set(people)
        wrong = [*_not_now(found, now), *_who(found, after)]
        said = line("why", why, LONGEST_WHY, wrong) if before != after else ""
        refuse(_("who taught it"), wrong)
        changed = sorted(before ^ after)
        TeacherCorrection.objects.bulk_create(
            TeacherCorrection(
                session=found, person_id=person, taught=person in after, why=said,
                by_id=actor.person, at=now,
            )
            for person in changed
        )  # fmt: skip
        found.instructing.filter(person__in=before - after).delete()
        Instructing.objects.bulk_create(
            Instructing(session=found, person_id=person) for person in sorted(after - before)
        )
        if changed:
            log.note(actor, "correct who taught a session", "session", found.id, found.thing(),
                     detail={"people": len(changed)}, now=now)  # fmt: skip
    return len(changed)


def _instructors(agency: Agency) -> QuerySet[Person]:
    """Return whoever has, or had, the role of an instructor in an agency."""
    roles = {"grants__agency": agency, "grants__role": Role.INSTRUCTOR, "erased_at": None}
    return Person.objects.filter(**roles).order_by().values("pk")  # type: ignore[return-value]


def _who(session: Session, people: set[UUID]) -> list[Problem]:
    if not 0 < len(people) <= MOST_INSTRUCTORS:
        expected = _("1 to %(most)d of those who instruct here") % {"most": MOST_INSTRUCTORS}
        return [Problem("instructors", str(len(people)), expected, _("choose who taught it"))]
    known = set(can_have_taught(session).values_list("pk", flat=True))
    if strangers := people - known:
        given = _("%(count)d who do not instruct here") % {"count": len(strangers)}
        expected = _("people who instruct in the agency, or did")
        return [Problem("instructors", given, expected, _("choose others"))]
    return []


def _not_now(session: Session, now: datetime) -> list[Problem]:
    if session.cancelled_at is not None:
        fix = _("nothing is corrected here")
        return [Problem("session", _("cancelled"), _("one that stands"), fix)]
    if now < session.start:
        fix = _("change who teaches it")
        return [Problem("session", _("one that has not begun"), _("one that has"), fix)]
    return []
