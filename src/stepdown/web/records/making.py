"""Make a plan in the background: from what was rehearsed to who comes when."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task

from stepdown.problems import InputProblems, Problem, StepdownError
from stepdown.retention.checked import checked
from stepdown.retention.held import held
from stepdown.retention.history import Histories, histories
from stepdown.retention.plan import plan as planned
from stepdown.retention.refit import FEWEST_RETESTS, Fit, of_others, refit, unfitted
from stepdown.retention.refresher import Month, Planned, months_from
from stepdown.retention.words import last_days, workload
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.policy import Role
from stepdown.web.programs.models import Exemption
from stepdown.web.records.models import Plan, Visit
from stepdown.web.records.offered import refreshers_of
from stepdown.web.records.planned import month_of
from stepdown.web.records.planning import is_open, other_hours_of, wishes_of
from stepdown.web.records.rehearsed import rehearsals, unread
from stepdown.web.records.techniques import ANY, prior, techniques

LOG = logging.getLogger("stepdown.web")
MONTHS = 12


@task()
def make_plan(plan_id: str) -> None:
    """Make a plan that was asked for. What goes wrong is written into it, in words."""
    found = Plan.objects.select_related("agency", "setting").filter(pk=plan_id).first()
    if found is None or not is_open(found):
        return
    begun = datetime.now(UTC).isoformat()
    Plan.objects.filter(pk=found.pk).update(result={"begun": begun})
    try:
        while not _written(found, *worked_out(found)):
            LOG.info("a plan is worked out anew: somebody it has a visit for has gone meanwhile")
    except StepdownError as error:
        _fail(found, str(error))
    except Exception:
        _fail(found, _("Something went wrong on our side. It was noted."))
        LOG.exception("a plan of refreshers could not be made")
        raise


def _fail(plan: Plan, words: str) -> None:
    Plan.objects.filter(pk=plan.pk, done_at=None, failed="").update(failed=words)


def _written(plan: Plan, result: dict[str, Any], visits: Sequence[Visit]) -> bool:
    """Write a plan with its visits, unless it was given up meanwhile.

    Return False, and write nothing, if it has a visit for somebody who was erased meanwhile or is
    no trainee there any more. An erasure, which holds the person, is waited for.
    """
    planned_for = {visit.person_id for visit in visits}
    with transaction.atomic():
        people = Person.objects.select_for_update(no_key=True).filter(pk__in=planned_for)
        list(people.order_by("pk").values_list("pk"))
        still = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
        if not is_open(still):
            return True
        if not planned_for <= units_of(plan.agency_id).keys():
            return False
        Visit.objects.bulk_create(visits, batch_size=2000)
        still.result, still.done_at = result, datetime.now(UTC)
        still.save(update_fields=["result", "done_at"])
    return True


def worked_out(plan: Plan) -> tuple[dict[str, Any], list[Visit]]:
    """Return what is learned and planned, as it is written down. Raises InputProblems."""
    setting, agency = plan.setting, plan.agency
    units = units_of(agency.id)
    begun = prior(techniques(agency.id))
    noted = rehearsals(agency, units, work_out=True)
    given = [one for one in noted if one.day <= plan.today]
    known = histories(given, begun.techniques)
    _require_taught(known)
    fit = refit(known, begun) if known.retests >= FEWEST_RETESTS else unfitted(begun)
    last = last_days(given, plan.today)
    done = done_this_month(plan, last)
    months = months_from(
        plan.today, MONTHS, setting.hours, sum(done.values()), other_hours_of(setting)
    )
    wishes = replace(
        wishes_of(setting, begun.techniques), seed=plan.seed, done=done,
        away=away(agency.id, units, months),
    )  # fmt: skip
    now = held(known, fit, plan.today, setting.standard)
    there = refreshers_of(setting, begun.techniques)
    found = planned(now, there, months, plan.today, wishes)
    taught = len(np.unique(known.person))
    result = {
        **_learned(known, fit, plan.today),
        "people": taught, "not_taught": len(units) - taught,
        "unread": unread(agency, units), "later": len(noted) - len(given),
        "by_kind": dict(Counter(one.kind for one in given)),
        "workload": [{**asdict(m), "day": m.day.isoformat()} for m in workload(found)],
    }  # fmt: skip
    return result, _visits(plan, found, units, last)


def units_of(agency: UUID) -> dict[UUID, UUID | None]:
    """Return those who are trained in an agency, each with their unit: the first one they have."""
    grants = RoleGrant.objects.filter(
        agency=agency, role=Role.TRAINEE, suspended_at=None, person__is_active=True,
        person__erased_at=None,
    ).order_by("since", "id")  # fmt: skip
    found: dict[UUID, UUID | None] = {}
    for person, unit in grants.values_list("person", "unit"):
        found[person] = found.get(person) or unit
    return found


def away(
    agency: UUID, people: Collection[UUID], months: Sequence[Month]
) -> dict[date, frozenset[str]]:
    """Return who cannot come in which month: who is exempt for more than half of its days."""
    last = (months[-1].day.replace(day=1) + timedelta(days=32)).replace(day=1)
    ends = [*(m.day for m in months[1:]), last]
    days: dict[UUID, set[date]] = {}
    rows = Exemption.objects.filter(agency=agency, withdrawn_at=None, person__in=people)
    for person, start, until in rows.values_list("person", "start", "until"):
        first = max(start, months[0].day)
        end = min(until or last, last)
        span = range((end - first).days + 1)
        days.setdefault(person, set()).update(first + timedelta(days=n) for n in span)
    return {
        month.day: frozenset(
            str(person) for person, gone in days.items()
            if sum(month.day <= day < end for day in gone) > (end - month.day).days / 2
        )
        for month, end in zip(months, ends, strict=True)
    }  # fmt: skip


def _require_taught(known: Histories) -> None:
    if not len(known.person):
        raise InputProblems(_("the plan"), [Problem(
            _("people who were taught"), "0", _("at least one"),
            _("note first who was at a session that teaches techniques"),
        )])  # fmt: skip


def _of_any_other(fit: Fit) -> dict[str, Any]:
    """Return what was learned of a technique that is not there yet, by kind of parameter."""
    wider = of_others(fit, prior([*fit.prior.techniques, ANY]))
    variance = np.diag(wider.covariance).tolist()
    told = zip(wider.prior.names, zip(wider.mean.tolist(), variance, strict=True), strict=True)
    return {name: each for name, each in told if name.endswith(ANY)}


def _learned(known: Histories, fit: Fit, today: date) -> dict[str, Any]:
    """Return what the re-tests told."""
    predicted = checked(known, fit, today)
    return {
        "retests": known.retests, "needed": FEWEST_RETESTS, "fitted": fit.retests > 0,
        "arrived": fit.arrived,
        "untaught": known.untaught, "moved": [asdict(m) for m in fit.moved],
        "calibration": asdict(predicted) if predicted else None,
        "fit": {
            "techniques": list(fit.prior.techniques), "mean": fit.mean.tolist(),
            "variance": np.diag(fit.covariance).tolist(), "other": _of_any_other(fit),
        },
    }  # fmt: skip


def done_this_month(plan: Plan, last: Mapping[tuple[str, str], date]) -> dict[str, float]:
    """Return the hours of refreshers that plans of this month had for people, and that they did.

    Done is what was taught or tested in any of its techniques from the day of its plan on.
    """
    of_month = Visit.objects.filter(
        plan__agency=plan.agency_id, day__gte=month_of(plan.today), day__lte=plan.today
    )
    done: dict[tuple[str, str], float] = {}
    for visit in of_month.select_related("plan"):
        person, since = str(visit.person_id), max(visit.plan.today, month_of(visit.day))
        days = (last.get((person, technique), date.min) for technique in visit.techniques)
        if max(days, default=date.min) >= since:
            done[person, visit.refresher] = visit.hours
    found: dict[str, float] = {}
    for (person, _refresher), hours in done.items():
        found[person] = found.get(person, 0.0) + hours
    return found


def _visits(
    plan: Plan, found: Planned, units: Mapping[UUID, UUID | None],
    last: Mapping[tuple[str, str], date],
) -> list[Visit]:  # fmt: skip
    """Return the visits as they are written down, in the order of their days."""
    titles = {one["id"]: one["title"] for one in plan.setting.refreshers}
    return [
        Visit(
            plan=plan, person_id=UUID(one.person), unit_id=units[UUID(one.person)], day=one.day,
            refresher=one.refresher, title=titles[one.refresher], hours=one.hours,
            techniques=list(one.techniques), since_days=one.since_days, chance=one.chance,
            worth_days=one.gain_days, by_lot=one.by_lot,
            last=max((last[one.person, t] for t in one.techniques if (one.person, t) in last),
                     default=None),
        )
        for one in found.visits
    ]  # fmt: skip
