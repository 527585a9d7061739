"""A rollout handed to `stepdown evaluate`: the study file and the table of its people, as a ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from stepdown.evaluation.study import Outcome
from stepdown.problems import InputProblems, Problem
from stepdown.retention.rollout_export import (
    StudyFrame,
    StudyOutcome,
    StudyPerson,
    study_files,
)
from stepdown.web.accounts.models import RoleGrant
from stepdown.web.audit.log import note
from stepdown.web.policy import Action, Actor
from stepdown.web.programs.doses import doses_of
from stepdown.web.programs.first_trained import first_trained
from stepdown.web.programs.models import DrawnPerson, Rollout
from stepdown.web.programs.rollouts import find, opened
from stepdown.web.programs.zones import day_of, zone_of
from stepdown.web.records.models import Member


def study(actor: Actor, rollout: UUID, frame: StudyFrame, now: datetime) -> bytes:
    """Return study.yaml and people.csv of a rollout in a ZIP, and note that they were taken.

    Raises Missing, Refused, or InputProblems that name everything wrong.
    """
    row = find(actor, rollout)
    everybody, left = people_of(row)
    erased = _erased(row)
    drawn_on = day_of(row.at, zone_of(row.agency))
    people = [p for p in everybody if p.trained is None or p.trained >= drawn_on]
    wrong = list(bad_outcomes(frame.outcomes))
    files: dict[str, str] = {}
    try:
        record = opened(row)
        early = len(everybody) - len(people)
        limits = limits_of(people, record.trained(), erased=erased, early=early, left=left)
        files = study_files(record, people, frame, limits)
    except InputProblems as error:
        wrong += error.problems
    if wrong:
        raise InputProblems(_("the study"), wrong)
    with transaction.atomic():
        note(actor, Action.SEE_ROLLOUT.value, "study", row.id, row.thing(),
             detail={"people": len(people)}, now=now)  # fmt: skip
    return _zipped(files, now)


def people_of(row: Rollout) -> tuple[list[StudyPerson], int]:
    """Return the people of a rollout's units on the day of the draw, with their service.

    And how many are left out: those without a first day of service whose last day lies before
    the day that would stand in for it, so that none of their service is known.

    Where attendance at the programme is on record for a unit since the draw, its people have the
    day on which they were first there, or none, and what they attended in all. Whoever was erased
    stays, until that day. The number of queries does not depend on how many they are.
    """
    agency, zone = row.agency, zone_of(row.agency)
    drawn = DrawnPerson.objects.filter(rollout=row).order_by("id")
    rows = list(drawn.values_list("person", "unit", "since", "person__erased_at"))
    members = {
        person: (number, hired, left)
        for person, number, hired, left in Member.objects.filter(
            agency=agency, person__drawn_with__rollout=row
        ).values_list("person", "number", "hired", "left")
    }
    gone = {person: day_of(at, zone) for person, at in _suspended(row)}
    trained = first_trained(agency, row.programme).people
    doses = doses_of(agency, row.programme)
    known = _on_record(row, [(person, unit) for person, unit, _since, _erased in rows])
    found, left_out = [], 0
    for person, unit, since, erased in rows:
        number, hired, left = members.get(person, ("", None, None))
        last = left or gone.get(person) or (day_of(erased, zone) if erased else None)
        if hired is None and last is not None and last < since:
            left_out += 1
            continue
        found.append(
            StudyPerson(number or str(person), unit, hired or since, last, trained.get(person),
                        unit in known, *doses.of(person))
        )  # fmt: skip
    return found, left_out


def limits_of(
    people: Iterable[StudyPerson], actual: Mapping[str, date], *, erased: int, early: int, left: int
) -> list[str]:
    """Say what a study of these people cannot show; `actual`: when units were trained.

    `erased`, `early`, `left`: how many were erased since the draw, were trained before it, and
    had left before any service of theirs is known.
    """
    told = [
        p for p in people
        if p.trained is None and not p.on_record and p.unit in actual and p.serves(actual[p.unit])
    ]  # fmt: skip
    limits = []
    if told:
        limits.append(
            f"For {len(told)} people nothing on record says whether they came: they have the actual"
            " date of their unit."
        )
    if early:
        limits.append(
            f"{early} people had been at a session of the programme before the draw and are not in"
            " these data."
        )
    if left:
        limits.append(
            f"{left} people had left before the first day on which they are known to have served,"
            " and are not in these data."
        )
    if erased:
        limits.append(
            f"The data of {erased} people were erased since the draw: they stay under a meaningless"
            " id until that day at most, and no incident can be matched to them."
        )
    return limits


def _on_record(row: Rollout, people: Iterable[tuple[UUID, str]]) -> set[str]:
    """Return the units of a draw for which attendance at the programme is on record since."""
    first = first_trained(row.agency, row.programme, since=row.at)
    units: dict[str, list[UUID]] = {}
    for person, unit in people:
        units.setdefault(unit, []).append(person)
    ids: Mapping[str, str] = row.units
    return {
        unit for unit, theirs in units.items() if first.of_unit(UUID(ids[unit]), theirs) is not None
    }


def _erased(row: Rollout) -> int:
    return DrawnPerson.objects.filter(rollout=row, person__erased_at__isnull=False).count()


def without_first_day(row: Rollout) -> int:
    """Return of how many people of a draw the roster gives no first day of service."""
    known = Member.objects.filter(agency=row.agency, hired__isnull=False)
    people = DrawnPerson.objects.filter(rollout=row)
    return people.exclude(person__in=known.values("person")).count()


def bad_outcomes(outcomes: Iterable[StudyOutcome]) -> Iterable[Problem]:
    """Find what `stepdown evaluate` would refuse in outcomes."""
    seen: set[str] = set()
    for n, given in enumerate(outcomes, start=1):
        where = _("outcome %(n)d") % {"n": n}
        fix = _("correct the outcome")
        if given.name in seen:
            yield Problem(where, given.name[:80], _("each name once"), fix)
        seen.add(given.name)
        size = {"margin": given.margin} if given.role == "safety" else {
            "smallest_effect": given.smallest_effect
        }  # fmt: skip
        try:
            Outcome.model_validate(
                {"name": given.name, "role": given.role, "unit_of_count": given.unit_of_count}
                | size
            )
        except ValidationError as error:
            for each in error.errors(include_url=False):
                said = each["msg"].removeprefix("Value error, ")
                field = ".".join(map(str, each["loc"]))
                yield Problem(f"{where} {field}".strip(), str(each["input"])[:80], said, fix)


def _suspended(row: Rollout) -> Iterable[tuple[UUID, datetime]]:
    """Return when the agency deactivated those of a draw who are no longer active in it."""
    grants = RoleGrant.objects.filter(agency=row.agency, person__drawn_with__rollout=row)
    latest: dict[UUID, datetime | None] = {}
    for person, at in grants.values_list("person", "suspended_at"):
        there = latest.get(person, at)
        latest[person] = None if at is None or there is None else max(at, there)
    return [(person, at) for person, at in latest.items() if at is not None]


def _zipped(files: dict[str, str], now: datetime) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            info = zipfile.ZipInfo(name, now.timetuple()[:6])
            info.external_attr = 0o644 << 16
            archive.writestr(info, text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def months_around(first: date, last: date) -> tuple[str, str]:
    """Return the months to suggest: a year before the first wave until a year after the last."""
    return f"{first.year - 1}-{first.month:02}", f"{last.year + 1}-{last.month:02}"
