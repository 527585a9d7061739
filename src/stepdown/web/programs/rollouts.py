"""Rollouts on a site: drawn once before the first session, kept as they were drawn, shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.retention import rollout_record
from stepdown.retention.rollout import draw as drawn_by_lot
from stepdown.retention.rollout_plan import DrawnUnit, RolloutPlan, Wave
from stepdown.retention.rollout_record import Actual, read_rollout, rollout_text
from stepdown.web.accounts.models import Agency, RoleGrant, Unit
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor, Role
from stepdown.web.practice.uploading import UNSEEN
from stepdown.web.programs import curricula
from stepdown.web.programs.models import DrawnPerson, ProgrammeVersion, Rollout, Session
from stepdown.web.programs.taught import for_units
from stepdown.web.programs.zones import begins, day_of, zone_of

LONGEST_TITLE = 120
REACH = timedelta(days=3653)
"""How far from today the days of a draw may lie: ten years."""

ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants drawn.

    `strata`: each unit that takes part, by id, with its stratum (or none: ""). `first_session`
    None: midnight of the first wave. `by_machine`: whether this machine took the seed.
    """

    title: str
    programme: str
    strata: Mapping[UUID, str]
    waves: tuple[Wave, ...]
    seed: int
    first_session: datetime | None = None
    by_machine: bool = False


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


def draw(actor: Actor, agency: UUID, key: UUID, wanted: Wanted, now: datetime) -> Rollout:
    """Draw which unit is trained in which wave, and keep it for good.

    `key`: the id that the rollout gets; sent again with the same one, nothing is drawn again.
    Raises Missing, Refused, or InputProblems that name everything wrong.
    """
    place = curricula.find_agency(actor, agency, Action.DRAW)
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=place.pk)
        there = Rollout.objects.filter(pk=key).first()
        if there is not None:
            return _again(there, place)
        units = {u.id: u for u in Unit.objects.filter(agency=place, pk__in=list(wanted.strata))}
        found = _drawn(place, units, wanted, now)
        row = Rollout(
            id=key, agency=place, title=wanted.title.strip(), programme=wanted.programme,
            text=rollout_text(found), digest=found.draw.digest,
            units={unit.name: str(unit.id) for unit in units.values()},
            by_id=actor.person, at=now,
        )  # fmt: skip
        row.save(force_insert=True)
        DrawnPerson.objects.bulk_create(_people(row, units))
        detail = {
            "digest": row.digest, "units": len(units),
            "seed_by": "machine" if wanted.by_machine else "person",
        }  # fmt: skip
        note(actor, Action.DRAW.value, "rollout", row.id, row.thing(), detail=detail, now=now)
    return row


def others_of(row: Rollout) -> QuerySet[Rollout]:
    """Return the other draws of the same programme in the agency: all of them stay to be seen."""
    return Rollout.objects.filter(agency=row.agency_id, programme=row.programme).exclude(pk=row.pk)


def programmes_of(agency: UUID) -> dict[str, str]:
    """Return the titles of an agency's programmes by id, as the latest version has them."""
    rows = ProgrammeVersion.objects.filter(agency=agency).order_by("number")
    found = dict(rows.values_list("name", "content__title"))
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def _again(there: Rollout, agency: Agency) -> Rollout:
    """Return what was drawn with this key. Raises InputProblems where another agency did."""
    if there.agency_id != agency.pk:
        given, expected = _("one that is taken"), _("a key of its own")
        problem = Problem("key", given, expected, _("open the form again"))
        raise InputProblems(_("the rollout"), [problem])
    return there


def _drawn(
    agency: Agency, units: Mapping[UUID, Unit], wanted: Wanted, now: datetime
) -> rollout_record.Rollout:
    """Return the draw. Raises InputProblems that name everything wrong."""
    wrong = [
        *_bad_words(agency, wanted),
        *(Problem(_("units"), str(pk), _("a unit of the agency"), _("choose one of the list"))
          for pk in wanted.strata if pk not in units),
        *_trained_before(agency, wanted.programme, units, now),
    ]  # fmt: skip
    zone = zone_of(agency)
    days = [wave.start for wave in wanted.waves if wave.start is not None]
    if far := list(_far(days, wanted.first_session, day_of(now, zone))):
        raise InputProblems(_("the rollout"), wrong + far)
    plan = RolloutPlan(
        tuple(DrawnUnit(unit.name, wanted.strata[pk].strip()) for pk, unit in units.items()),
        wanted.waves,
        "cluster",
    )
    first = wanted.first_session or (begins(min(days), zone) if days else now)
    try:
        found = drawn_by_lot(plan, wanted.seed, now.astimezone(zone), first.astimezone(zone))
    except InputProblems as error:
        wrong += error.problems
    if wrong:
        raise InputProblems(_("the rollout"), wrong)
    return rollout_record.Rollout(found)


def _far(days: list[date], first: datetime | None, today: date) -> Iterator[Problem]:
    """Find days that no plan means; at the ends of the calendar they have no moment elsewhere."""
    given = [("waves", day) for day in days]
    given += [("first_session", first.date())] if first else []
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
    held = Session.objects.filter(
        for_units(agency.id, units), programme__name=programme, cancelled_at=None, start__lte=now
    )
    for unit in sorted(
        held.order_by().values_list("unit__name", flat=True).distinct(), key=lambda name: name or ""
    ):
        yield Problem(
            "units", unit or _("a session for everybody in the agency"),
            _("units in which no session of this programme was held"),
            _("whoever was trained before the draw is no part of it: leave these units out")
            if unit else _("what everybody was taught can no longer be rolled out by lot"),
        )  # fmt: skip


def _people(row: Rollout, units: Mapping[UUID, Unit]) -> list[DrawnPerson]:
    """Return who is in the units now, each in the unit to which they came first."""
    trainees = RoleGrant.objects.filter(
        role=Role.TRAINEE, unit__in=list(units), suspended_at=None, person__is_active=True
    )
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
