"""What one person has to know of their own refreshers: what is planned, and what they still hold.

Nobody else is shown what is worked out here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from stepdown.encounter.review.rubric import domains
from stepdown.retention.cards import due_again
from stepdown.retention.held import STANDARD, Held, held
from stepdown.retention.history import histories
from stepdown.retention.memory import Curve, days_until
from stepdown.retention.refit import Fit, unfitted
from stepdown.web.accounts.models import Agency, Person
from stepdown.web.programs.zones import day_of, zone_of
from stepdown.web.records.agreeing import agreed_since
from stepdown.web.records.examining import exams_of
from stepdown.web.records.models import Exam, Plan, Visit
from stepdown.web.records.planned import month_of, standing_plan, visits_of
from stepdown.web.records.planning import setting_of
from stepdown.web.records.rehearsed import rehearsals
from stepdown.web.records.techniques import ANY, prior, techniques

RUBRIC = tuple(domains())
"""What a plan was made of that does not say."""
FURTHEST_DAYS = 3653
"""Days beyond which no day is named: nobody knows so far ahead."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Until when somebody probably holds a technique: a day as likely too early as too late.

    `last`: when they last rehearsed it. `until` None: beyond ten years. `chance`: that it is at
    the standard today. `anew`: the day until which it would hold if it were refreshed today.
    """

    technique: str
    last: date
    until: date | None
    chance: float
    anew: date | None

    @property
    def percent(self) -> int:
        """The chance in percent."""
        return round(100 * self.chance)


@dataclass(frozen=True, slots=True)
class Mine:
    """What is planned for a person, what they hold, their exams, and whether practice counts."""

    agency: Agency
    visits: list[Visit]
    holdings: list[Holding]
    exams: list[Exam]
    agreed: datetime | None
    planned_on: date | None
    today: date


def mine(person: Person, agency: Agency, now: datetime) -> Mine:
    """Return what there is to say to a person of an agency, from this month on."""
    today = day_of(now, zone_of(agency))
    plan = standing_plan(agency.id)
    visits = visits_of(person, plan).filter(day__gte=month_of(today)) if plan else []
    return Mine(
        agency, list(visits), holdings(person, agency, plan, today),
        exams_of(person.id, agency.id), agreed_since(person.id, agency.id),
        plan.today if plan else None, today,
    )  # fmt: skip


def holdings(person: Person, agency: Agency, plan: Plan | None, today: date) -> list[Holding]:
    """Return until when somebody probably holds each technique that they were taught.

    By what the standing plan learned of the agency's re-tests, else by the shipped prior.
    """
    names = techniques(agency.id)
    known = histories(rehearsals(agency, [person.id]), list(names))
    if not len(known.person):
        return []
    setting = plan.setting if plan else setting_of(agency.id)
    now = held(known, fit_of(plan, names), today, setting.standard if setting else STANDARD)
    again = _refreshed(now, today)
    days = np.exp(now.log_mean) - now.since
    chance = now.chance(0.0)
    return [
        Holding(names[now.techniques[known.technique[n]]], known.last[n].astype(date),
                _day(today, days[n]), float(chance[n]), again[n])
        for n in np.argsort(known.technique)
    ]  # fmt: skip


def _refreshed(now: Held, today: date) -> list[date | None]:
    """Return the day until which each skill would hold if it were refreshed today."""
    at = datetime.combine(today, time(), UTC)
    decay, growth = now.decay[now.technique], now.growth[now.technique]
    stability = np.exp(now.log_mean) / days_until(now.standard, 1.0, decay)
    due = [
        due_again(Curve(float(s), float(g), float(d)), now.standard, float(since), at)
        for s, g, d, since in zip(stability, growth, decay, now.since, strict=True)
    ]
    return [_day(today, (day - at).days) for day in due]


def fit_of(plan: Plan | None, known: Iterable[str]) -> Fit:
    """Return what a plan learned of these techniques; of one that it did not know, of any other."""
    begun = unfitted(prior(known))
    told = plan.result.get("fit") if plan else None
    if not told:
        return begun
    names = prior(told.get("techniques", RUBRIC)).names
    if len(names) != len(told["mean"]):
        return begun
    learned = dict(zip(names, zip(told["mean"], told["variance"], strict=True), strict=True))
    other = told.get("other", {})
    usual = zip(begun.mean, np.diag(begun.covariance), strict=True)
    mean, variance = np.array([
        learned.get(name) or other.get(f"{name.partition(' of ')[0]} of {ANY}", one)
        for name, one in zip(begun.prior.names, usual, strict=True)
    ]).T  # fmt: skip
    return replace(begun, mean=mean, covariance=np.diag(variance))


def _day(today: date, days: float) -> date | None:
    return today + timedelta(days=round(days)) if days <= FURTHEST_DAYS else None
