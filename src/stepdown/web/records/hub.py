"""The ways in: what waits for a person who is trained, and what there is for whoever runs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stepdown.web.accounts.models import Agency, Person, Unit
from stepdown.web.permission import may
from stepdown.web.policy import Action, Actor, Role, Thing
from stepdown.web.practice.units import thing_of
from stepdown.web.programs.models import Session
from stepdown.web.programs.taught import next_sessions, noted_at
from stepdown.web.programs.wall import usable
from stepdown.web.programs.zones import day_of, zone_of
from stepdown.web.records.models import Visit
from stepdown.web.records.planned import month_of, standing_plan, visits_of
from stepdown.web.records.saying import told_of
from stepdown.web.records.techniques import techniques

SHOWN = 5
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Way:
    """A link, and in a few words what is behind it."""

    title: Words
    about: Words
    to: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody who is trained: sessions to come, and refreshers of this month."""

    sessions: tuple[Session, ...]
    running: frozenset[object]
    """Ids of the sessions whose code can be typed now."""
    noted: Mapping[UUID, int]
    """For how many minutes they are noted already, by the id of the session."""
    visits: tuple[tuple[list[Visit], str], ...]
    """Those of each agency, with the sentence that says why."""


def waiting(person: Person, agencies: Iterable[Agency], now: datetime) -> Waiting:
    """Return what waits for a person in these agencies."""
    coming = tuple(next_sessions(person.id, now)[:SHOWN])
    visits: list[tuple[list[Visit], str]] = []
    for agency in agencies:
        plan = standing_plan(agency.id)
        if plan is not None:
            this = month_of(day_of(now, zone_of(agency)))
            mine = [v for v in visits_of(person, plan) if month_of(v.day) == this]
            visits += told_of(mine[:SHOWN], techniques(agency.id), own=True)
    noted = noted_at(person.id, coming)
    running = frozenset(s.id for s in coming if usable(s, now) and s.id not in noted)
    return Waiting(coming, running, noted, tuple(visits))


def trained_in(actor: Actor) -> list[Agency]:
    """Return the agencies in which somebody is trained, by name."""
    ids = {g.agency for g in actor.grants if g.role == Role.TRAINEE and g.agency}
    return list(Agency.objects.filter(pk__in=ids).order_by("name"))


def agencies_run(actor: Actor) -> list[tuple[Agency, list[Way]]]:
    """Return each agency in which this person has something to do, with the ways to it."""
    ids = {grant.agency for grant in actor.grants if grant.agency}
    found = []
    for agency in Agency.objects.filter(pk__in=ids).order_by("name"):
        units = {g.unit for g in actor.grants if g.agency == agency.id and g.unit}
        if ways := ways_in(actor, agency, [Thing(agency=agency.id, units=frozenset([u]))
                                           for u in sorted(units)]):  # fmt: skip
            found.append((agency, ways))
    return found


def ways_in(actor: Actor, agency: Agency, units: Sequence[Thing]) -> list[Way]:
    """Return what there is for this person in an agency: of all of it, or of units of theirs."""
    whole = Thing(agency=agency.id)

    def open_to(action: Action) -> bool:
        return any(may(actor, action, thing) for thing in (whole, *units))

    pk = agency.id
    offered = (
        (open_to(Action.NOTE_ATTENDANCE) or may(actor, Action.SEE_ROLLOUT, whole),
         Way(_("Curriculum"), _("what is taught, every version, and why it changed"),
             reverse("curriculum"))),
        (open_to(Action.SCHEDULE),
         Way(_("Sessions"), _("schedule them, note who was there"),
             reverse("sessions_of", args=[pk]))),
        (open_to(Action.SEE_TRAINING),
         Way(_("Progress"), _("who has come how far, what was kept to"),
             reverse("progress_all", args=[pk]))),
        (open_to(Action.SEE_TRAINING),
         Way(_("People’s training"), _("what each was taught, who need not come"),
             reverse("training_people", args=[pk]))),
        (open_to(Action.SEE_PLAN),
         Way(_("Refreshers"), _("who is to come, and why"), reverse("refreshers"))),
        (may(actor, Action.SEE_ROLLOUT, whole),
         Way(_("Rollouts"), _("which unit is trained when, by a draw"), reverse("rollouts"))),
        (may(actor, Action.SEE_READINESS, whole),
         Way(_("Readiness"), _("how many have done their hours; one page, without names"),
             reverse("readiness", args=[pk]))),
        (may(actor, Action.SET_HOURS, whole),
         Way(_("Rules on hours"), _("what is asked of people, and which module counts for what"),
             reverse("hours_rules", args=[pk]))),
        (open_to(Action.CREDIT),
         Way(_("Hours from elsewhere"), _("enter a file of hours"),
             reverse("hours_file", args=[pk]))),
        (open_to(Action.CERTIFY),
         Way(_("Certificates"), _("issue them, look one up by its number"),
             reverse("certificates", args=[pk]))),
        (may(actor, Action.IMPORT_ROSTER, whole),
         Way(_("Roster"), _("who serves; read a new roster, look at it, apply it"),
             reverse("roster_of", args=[pk]))),
    )  # fmt: skip
    return [way for allowed, way in offered if allowed]


def ways_of_unit(actor: Actor, unit: Unit) -> list[Way]:
    """Return what there is about the training of one unit."""
    thing, pk = thing_of(unit), unit.id
    sessions = reverse("sessions_of", args=[unit.agency_id])
    offered = (
        (Action.SCHEDULE,
         Way(_("Sessions"), _("schedule them, note who was there"), f"{sessions}?unit={pk}")),
        (Action.SEE_TRAINING,
         Way(_("Hours"), _("who has what, and lacks what by when"),
             reverse("hours_unit", args=[pk]))),
        (Action.SEE_TRAINING,
         Way(_("Practical exams"), _("scores by technique"), reverse("exams", args=[pk]))),
        (Action.SEE_PLAN,
         Way(_("Refreshers"), _("who is to come, and why"),
             reverse("unit_refreshers", args=[pk]))),
        (Action.SEE_FEED,
         Way(_("Calendar"), _("an address for calendar programs"),
             reverse("unit_calendar", args=[pk]))),
    )  # fmt: skip
    return [way for action, way in offered if may(actor, action, thing)]
