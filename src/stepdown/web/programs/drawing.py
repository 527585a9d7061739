"""Draw a rollout before the first session: looked at first, then drawn once, for good.

What is looked at is the plan. No lot is thrown for it: where this machine takes the seed, it does
so in the draw itself, so that nobody can look at an outcome and leave it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.retention import rollout_record
from stepdown.retention.rollout import draw as drawn_by_lot
from stepdown.retention.rollout_plan import DrawnUnit, RolloutPlan
from stepdown.retention.rollout_record import rollout_text
from stepdown.web.accounts.models import Agency, RoleGrant, Unit
from stepdown.web.audit.log import note
from stepdown.web.policy import Action, Actor, Role
from stepdown.web.practice.uploading import UNSEEN
from stepdown.web.programs import curricula, rollouts
from stepdown.web.programs.looked import LeftOut, Looked, Wanted
from stepdown.web.programs.models import DrawnPerson, ProgrammeVersion, Rollout, Session
from stepdown.web.programs.taught import for_units
from stepdown.web.programs.undrawable import undrawable
from stepdown.web.programs.zones import begins, day_of, zone_of

LONGEST_TITLE = 120
REACH = timedelta(days=3653)
"""How far from today the days of a draw may lie: ten years."""

SEEDS = 10**15
"""Seeds that this machine takes: short enough to be read out, too many to be guessed."""

NO_SEED = 0
"""With which a plan is tried before anybody took a seed; what it would give is thrown away."""


def look(actor: Actor, agency: UUID, wanted: Wanted, now: datetime) -> Looked:
    """Return what would be drawn; nothing is stored, and no lot is thrown.

    Raises Missing, Refused, or InputProblems that name everything wrong.
    """
    place = curricula.find_agency(actor, agency, Action.DRAW)
    return _looked(place, wanted, now)


def draw(
    actor: Actor, agency: UUID, key: UUID, wanted: Wanted, mark: str, now: datetime
) -> Rollout:
    """Draw which unit is trained in which wave, and keep it for good.

    `key`: the id that the rollout gets; the same sent again with the same one draws nothing again.
    `mark`: that of `Looked`. Raises Missing, Refused, or InputProblems: for everything wrong, and
    where something is no longer as it was looked at, or something else was drawn with this key.
    """
    place = curricula.find_agency(actor, agency, Action.DRAW)
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=place.pk)
        there = Rollout.objects.filter(pk=key).first()
        if there is not None:
            return _again(there, place, wanted)
        looked = _looked(place, wanted, now)
        if looked.mark != mark:
            raise InputProblems(_("the rollout"), [_overtaken()])
        units = _taking_part(place, wanted)
        seed = secrets.randbelow(SEEDS) if wanted.seed is None else wanted.seed
        found = _drawn(place, units, wanted, seed, now)
        row = Rollout(
            id=key, agency=place, title=wanted.title.strip(), programme=wanted.programme,
            text=rollout_text(found), digest=found.draw.digest,
            units={unit.name: str(unit.id) for unit in units.values()},
            seed_by="machine" if wanted.seed is None else "given",
            by_id=actor.person, at=now,
        )  # fmt: skip
        row.save(force_insert=True)
        DrawnPerson.objects.bulk_create(_people(row, units))
        detail = {"digest": row.digest, "units": len(units), "seed_by": row.seed_by}
        note(actor, Action.DRAW.value, "rollout", row.id, row.thing(), detail=detail, now=now)
    return row


def _looked(place: Agency, wanted: Wanted, now: datetime) -> Looked:
    units = _taking_part(place, wanted)
    tried = _drawn(place, units, wanted, NO_SEED, now).draw
    title = ProgrammeVersion.objects.filter(agency=place, name=wanted.programme)
    name = title.order_by("-number").values_list("content__title", flat=True)[0]
    trained = RoleGrant.objects.filter(_trained_in(units)).values_list("unit", flat=True)
    full = set(trained)
    coming = Session.objects.filter(
        for_units(place.id, units), programme__name=wanted.programme, cancelled_at=None,
        start__gt=now,
    )  # fmt: skip
    return Looked(
        place, wanted, name, tried.plan, tried.first_session,
        tuple(_left_out(place, wanted, name, now)),
        Rollout.objects.filter(agency=place, programme=wanted.programme).count(),
        tuple(sorted(unit.name for pk, unit in units.items() if pk not in full)), coming.count(),
    )  # fmt: skip


def _left_out(place: Agency, wanted: Wanted, title: str, now: datetime) -> Iterator[LeftOut]:
    units = list(Unit.objects.filter(agency=place).order_by("name"))
    barred = undrawable(place, units, now)
    for unit in units:
        if unit.id not in wanted.strata:
            yield LeftOut(unit.name, tuple(barred.why(unit.id, {wanted.programme: title})))


def _taking_part(place: Agency, wanted: Wanted) -> dict[UUID, Unit]:
    return {unit.id: unit for unit in Unit.objects.filter(agency=place, pk__in=list(wanted.strata))}


def _again(there: Rollout, agency: Agency, wanted: Wanted) -> Rollout:
    """Return what was drawn with this key.

    Raises InputProblems where another agency drew with it, or something else was drawn.
    """
    fix = _("open the form again")
    if there.agency_id != agency.pk:
        problem = Problem("key", _("one that is taken"), _("a key of its own"), fix)
        raise InputProblems(_("the rollout"), [problem])
    if not _same(there, agency, wanted):
        given = _("drawn already from this form, and not as it is now")
        problem = Problem(_("the rollout"), given, _("a form of its own for every draw"), fix)
        raise InputProblems(_("the rollout"), [problem])
    return there


def _same(there: Rollout, agency: Agency, wanted: Wanted) -> bool:
    """Say whether this is what was drawn, whatever its units are called by now."""
    drawn = rollouts.opened(there).draw
    names = {pk: name for name, pk in there.units.items()}
    units = {pk: names.get(str(pk), "") for pk in wanted.strata}
    seed_is_same = there.seed_by == "machine" if wanted.seed is None else drawn.seed == wanted.seed
    return (
        seed_is_same
        and (there.title, there.programme) == (wanted.title.strip(), wanted.programme)
        and drawn.input_digest == _plan(units, wanted).digest
        and drawn.first_session == _first_session(wanted, zone_of(agency), there.at)
    )


def _overtaken() -> Problem:
    return Problem(
        _("the rollout"), _("something was changed since you looked at it"),
        _("a plan that is as it was looked at"), _("look at it again, then draw"),
    )  # fmt: skip


def _drawn(
    agency: Agency, units: Mapping[UUID, Unit], wanted: Wanted, seed: int, now: datetime
) -> rollout_record.Rollout:
    """Return the draw. Raises InputProblems that name everything wrong."""
    zone = zone_of(agency)
    wrong = [
        *_bad_words(agency, wanted),
        *(Problem(_("units"), str(pk), _("a unit of the agency"), _("choose one of the list"))
          for pk in wanted.strata if pk not in units),
        *_trained_before(agency, wanted.programme, units, now),
        *_far(wanted, day_of(now, zone)),
    ]  # fmt: skip
    plan = _plan({pk: unit.name for pk, unit in units.items()}, wanted)
    first = _first_session(wanted, zone, now)
    try:
        found = drawn_by_lot(plan, seed, now.astimezone(zone), first.astimezone(zone))
    except InputProblems as error:
        wrong += error.problems
    if wrong:
        raise InputProblems(_("the rollout"), wrong)
    return rollout_record.Rollout(found)


def _plan(units: Mapping[UUID, str], wanted: Wanted) -> RolloutPlan:
    """Return the plan for units of these names."""
    drawn = (DrawnUnit(name, wanted.strata[pk].strip()) for pk, name in units.items())
    return RolloutPlan(tuple(drawn), wanted.waves, "cluster")


def _first_session(wanted: Wanted, zone: ZoneInfo, now: datetime) -> datetime:
    """Return when the first session is; without any wave that has a day, now.

    What lies out of reach is taken for its end: the ends of the calendar have no moment elsewhere.
    """
    if wanted.first_session is not None:
        return min(max(wanted.first_session, now - REACH), now + REACH)
    days = [wave.start for wave in wanted.waves if wave.start is not None]
    today = day_of(now, zone)
    return begins(min(max(min(days), today - REACH), today + REACH), zone) if days else now


def _far(wanted: Wanted, today: date) -> Iterator[Problem]:
    """Find days that no plan means."""
    given = [("waves", wave.start) for wave in wanted.waves if wave.start is not None]
    given += [("first_session", wanted.first_session.date())] if wanted.first_session else []
    for where, day in given:
        if abs(day - today) > REACH:
            expected = _("a day at most ten years from today")
            yield Problem(where, day.isoformat(), expected, _("choose another day"))


def _bad_words(agency: Agency, wanted: Wanted) -> Iterator[Problem]:
    title = wanted.title.strip()
    if not 0 < len(title) <= LONGEST_TITLE or UNSEEN.search(title) or "\n" in title:
        given, fix = title[:80] or _("nothing"), _("write what people call it")
        yield Problem("title", given, _("1 to 120 signs on one line, all of which are seen"), fix)
    if not ProgrammeVersion.objects.filter(agency=agency, name=wanted.programme).exists():
        given, fix = wanted.programme[:80], _("publish it first")
        yield Problem("programme", given, _("a programme that is published here"), fix)


def _trained_before(
    agency: Agency, programme: str, units: Mapping[UUID, Unit], now: datetime
) -> Iterator[Problem]:
    """Find units in which a session of the programme was held: they are no part of a draw."""
    barred = undrawable(agency, list(units.values()), now)
    needed = _("units in which no session of this programme was held")
    if programme in barred.everybody:
        fix = _("what everybody was taught can no longer be rolled out by lot")
        yield Problem("units", _("a session for everybody in the agency"), needed, fix)
    fix = _("whoever was trained before the draw is no part of it: leave these units out")
    for name in sorted(u.name for u in units.values() if programme in barred.trained.get(u.id, ())):
        yield Problem("units", name, needed, fix)


def _trained_in(units: Iterable[UUID]) -> Q:
    """Hold for the roles of those who are trained in units now."""
    return Q(role=Role.TRAINEE, unit__in=list(units), suspended_at=None, person__is_active=True)


def _people(row: Rollout, units: Mapping[UUID, Unit]) -> list[DrawnPerson]:
    """Return who is in the units now, each in the unit to which they came first."""
    trainees = RoleGrant.objects.filter(_trained_in(units))
    zone = zone_of(row.agency)
    found: dict[UUID, DrawnPerson] = {}
    for person, unit, since in trainees.order_by("since", "id").values_list(
        "person", "unit", "since"
    ):
        if person not in found and unit is not None:
            found[person] = DrawnPerson(
                rollout=row, person_id=person, unit=units[unit].name, since=day_of(since, zone)
            )
    return list(found.values())
