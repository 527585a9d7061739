"""What an agency wants of its refreshers, and asking for a plan to be made."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.retention import refresher
from stepdown.retention.refresher import Refresher, Wishes
from stepdown.retention.worth import Aim
from stepdown.web.accounts.models import Agency
from stepdown.web.audit.log import note
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.programs import curricula
from stepdown.web.programs.zones import day_of, zone_of
from stepdown.web.records.models import Plan, PlanSetting
from stepdown.web.records.techniques import techniques

GIVEN_UP = timedelta(minutes=30)
"""After which a plan that is not there yet does not come any more: what made it was stopped."""

LEAST_STANDARD, MOST_STANDARD = 0.5, 0.97
LEAST_WITHIN, MOST_WITHIN = 30, 3650
MOST_HOURS, MOST_WEIGHT, MOST_REMIND = 100_000.0, 10.0, 60
CALENDAR = {str(number): name for number, name in MONTHS.items()}
"""The names of calendar months by their number, as `PlanSetting.other_hours` has it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an agency wants; the fields are those of `PlanSetting`."""

    hours: float
    most_hours: float
    aim: Aim
    standard: float
    within: int | None
    scouting: float
    refreshers: tuple[Refresher, ...]
    weights: dict[str, float] = field(default_factory=dict)
    remind_days: int = 7
    other_hours: dict[str, float] = field(default_factory=dict)


def find_agency(actor: Actor, agency: UUID) -> Agency:
    """Return an agency if this person may plan for it. Raises Missing or Refused."""
    return curricula.find_agency(actor, agency, Action.PLAN)


def setting_of(agency: UUID) -> PlanSetting | None:
    """Return what an agency wants now; None before anybody said."""
    return PlanSetting.objects.filter(agency=agency).first()


def other_hours_of(setting: PlanSetting) -> dict[int, float]:
    """Return the hours of calendar months that differ, by their number."""
    return {int(month): hours for month, hours in setting.other_hours.items()}


def wishes_of(setting: PlanSetting, known: Collection[str]) -> Wishes:
    """Return what a plan of these techniques has to keep to, without who is away."""
    aim: Aim = "standard" if setting.aim == "standard" else "skill"
    return Wishes(
        aim=aim, weight={t: w for t, w in setting.weights.items() if t in known},
        most_hours=setting.most_hours, scouting=setting.scouting, within=setting.within,
    )  # fmt: skip


def want(actor: Actor, agency: UUID, wanted: Wanted, now: datetime) -> PlanSetting:
    """Write down what an agency wants from the next plan on; what it wanted before is kept.

    The same again is written once. Raises Missing, Refused or InputProblems.
    """
    place = find_agency(actor, agency)
    check(wanted, list(techniques(place.id)), now)
    listed = [
        {**asdict(one), "techniques": list(one.techniques)} for one in wanted.refreshers
    ]  # fmt: skip
    values = {
        name: getattr(wanted, name)
        for name in ("hours", "other_hours", "most_hours", "aim", "standard", "within", "scouting",
                     "weights", "remind_days")
    } | {"refreshers": listed}  # fmt: skip
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=place.pk)
        before = setting_of(place.id)
        if before is not None and all(getattr(before, n) == v for n, v in values.items()):
            return before
        made = PlanSetting.objects.create(agency=place, by_id=actor.person, at=now, **values)
        note(actor, "settings of plans changed", "plan setting", made.id, Thing(agency=place.id),
             now=now)  # fmt: skip
    return made


def check(wanted: Wanted, known: Sequence[str], now: datetime) -> None:
    """Raise InputProblems for everything that a plan of these techniques could not be made of."""
    wrong = [
        *_bounded(_("hours in a month"), wanted.hours, 0, MOST_HOURS),
        *_bounded(_("the standard"), wanted.standard, LEAST_STANDARD, MOST_STANDARD),
        *_bounded(_("days of reminding"), wanted.remind_days, 0, MOST_REMIND),
        *_bounded(_("days to wait at most"), wanted.within, LEAST_WITHIN, MOST_WITHIN),
    ]
    for month, hours in wanted.other_hours.items():
        if month not in CALENDAR:
            expected = _("a calendar month, 1 to 12")
            wrong.append(Problem(_("hours in a month"), month[:60], expected, _("leave it out")))
        where = _("hours in %(month)s") % {"month": CALENDAR.get(month, month[:60])}
        wrong += _bounded(where, hours, 0, MOST_HOURS)
    for name, weight in wanted.weights.items():
        if name not in known:
            expected = _("a technique that is planned for")
            wrong.append(Problem(_("weights"), name[:60], expected, _("leave it out")))
        wrong += _bounded(_("a weight"), weight, 0, MOST_WEIGHT)
    wishes = Wishes(
        aim=wanted.aim, weight=wanted.weights, most_hours=wanted.most_hours,
        scouting=wanted.scouting, within=wanted.within,
    )  # fmt: skip
    try:
        months = refresher.months_from(now.date(), 1, max(wanted.hours, 0.0))
        refresher.check(known, wanted.refreshers, months, now.date(), wishes)
    except InputProblems as error:
        wrong += error.problems
    if wrong:
        raise InputProblems(_("what you want of refreshers"), wrong)


def _bounded(where: str, value: float | None, least: float, most: float) -> Sequence[Problem]:
    if value is None or least <= value <= most:
        return ()
    expected = _("%(least)g to %(most)g") % {"least": least, "most": most}
    return (Problem(where, str(value)[:20], expected, _("correct it")),)


def ask(actor: Actor, agency: UUID, now: datetime, seed: int | None = None) -> Plan:
    """Have a plan made in the background, and return it; the one under way, if there is one.

    Raises Missing, Refused, or InputProblems before anybody said what is wanted.
    """
    from stepdown.web.records.making import make_plan

    place = find_agency(actor, agency)
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=place.pk)
        latest = latest_plan(place.id)
        if latest is not None and under_way(latest, now):
            return latest
        setting = setting_of(place.id)
        if setting is None:
            problem = Problem(
                _("the plan"), _("no settings"), _("hours and refreshers"),
                _("say first what refreshers there are, and how many hours"),
            )  # fmt: skip
            raise InputProblems(_("the plan"), [problem])
        lost = Plan.objects.filter(agency=place, done_at=None, failed="")
        lost.update(failed=_("It was interrupted. Nothing came of it."))
        made = Plan.objects.create(
            agency=place, setting=setting, today=day_of(now, zone_of(place)), by_id=actor.person,
            at=now, seed=secrets.randbelow(2**31) if seed is None else seed,
        )  # fmt: skip
        note(actor, "plan asked for", "plan", made.id, made.thing(), now=now)
        make_plan.enqueue(str(made.id))
    return made


def latest_plan(agency: UUID) -> Plan | None:
    """Return the plan that was asked for last, made or not."""
    return Plan.objects.filter(agency=agency).select_related("setting").first()


def is_open(plan: Plan) -> bool:
    """Say whether a plan is neither made nor failed."""
    return plan.done_at is None and not plan.failed


def under_way(plan: Plan, now: datetime) -> bool:
    """Say whether a plan is still to come."""
    return is_open(plan) and now - plan.at < GIVEN_UP


def state_of(plan: Plan, now: datetime) -> str:
    """Return how far a plan is: done, failed, waiting, working, or interrupted."""
    if plan.failed:
        return "failed"
    if plan.done_at is not None:
        return "done"
    if not under_way(plan, now):
        return "interrupted"
    return "working" if plan.result.get("begun") else "waiting"
