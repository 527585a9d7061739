"""One's own page: what I practised, how my technique moved, what is due, what to try next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext, ngettext

from stepdown.encounter.review.rubric import domains
from stepdown.web.accounts.models import RETENTION_DAYS, Agency
from stepdown.web.policy import Actor
from stepdown.web.practice.charts import domain_chart
from stepdown.web.practice.models import Encounter, Skill
from stepdown.web.practice.reviewing import telling
from stepdown.web.practice.scenarios import Listed

DRAWN = 20
"""Encounters that are drawn, the last ones."""

LITTLE = 3
"""Up to so many encounters say little about technique; nothing is concluded from them."""

RECENT = 5
"""Encounters over which the lowest domain is looked for, the last ones."""


def practised(person: UUID) -> QuerySet[Encounter]:
    """Return a person's encounters, newest first, each with its skill."""
    return Encounter.objects.filter(person_id=person).select_related("skill")


def kept_days(actor: Actor) -> int:
    """Return after how many days the words of this person's practice are deleted; 0 is never."""
    home = actor.home
    agency = Agency.objects.filter(pk=home.agency).first() if home and home.agency else None
    return agency.retention_days if agency else RETENTION_DAYS


@dataclass(frozen=True, slots=True)
class Before:
    """How often somebody has done a scenario, and when last."""

    times: int
    last: datetime


def done_before(person: UUID) -> dict[str, Before]:
    """Return which scenarios somebody has done, by key."""
    ended = Encounter.objects.filter(person_id=person, ended_at__isnull=False, parent=None)
    rows = ended.order_by().values("scenario").annotate(times=Count("id"), last=Max("ended_at"))
    return {row["scenario"]: Before(row["times"], row["last"]) for row in rows}


@dataclass(frozen=True, slots=True)
class Movement:
    """How one domain moved: its scores in order, and their drawing.

    Where there was too little to say a score is None; where there always was, nothing is drawn.
    """

    name: str
    scores: tuple[int | None, ...]
    svg: str


def movements(skills: Sequence[Skill]) -> list[Movement]:
    """Return how each domain moved over the last encounters that say something about it."""
    shown = telling(skills)[-DRAWN:]
    assessed = [skill.encounter.assessed for skill in shown]
    found = []
    for key, name in domains().items():
        scores = tuple(skill.domains.get(key) for skill in shown)
        there = [n for n, score in enumerate(scores) if score is not None]
        label = gettext("%(domain)s, from 0 to 4, in order: %(scores)s") % {
            "domain": gettext(name), "scores": ", ".join(str(scores[n]) for n in there),
        }  # fmt: skip
        svg = domain_chart(scores, assessed, label) if there else ""
        found.append(Movement(name, scores, svg))
    return found if shown else []


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A scenario to try next, and why."""

    item: Listed
    why: str


def suggestions(
    skills: Sequence[Skill], known: Sequence[Listed], before: dict[str, Before]
) -> list[Suggestion]:
    """Return what to try next: what follows on the last, and what trains the lowest domain."""
    return [
        found
        for found in (_following(skills, known, before), _lowest(skills, known, before))
        if found is not None
    ]


def _following(
    skills: Sequence[Skill], known: Sequence[Listed], before: dict[str, Before]
) -> Suggestion | None:
    """Return what the authors of the last scenario suggest after it; first what is new."""
    last = skills[-1].encounter if skills else None
    if last is None:
        return None
    by_id = {item.scenario.id: item for item in reversed(known)}
    here = next((item for item in known if item.key == last.scenario), None)
    nexts = [by_id[name] for name in (here.scenario.next if here else ()) if name in by_id]
    nexts.sort(key=lambda item: item.key in before)
    why = gettext("It follows on “%(title)s”, which you did last.") % {"title": last.title}
    return Suggestion(nexts[0], why) if nexts else None


def _lowest(
    skills: Sequence[Skill], known: Sequence[Listed], before: dict[str, Before]
) -> Suggestion | None:
    """Return what trains the domain that was lowest lately, if there is enough to go by."""
    recent = telling(skills)[-RECENT:]
    if len(recent) < LITTLE:
        return None
    given = {key: [s.domains[key] for s in recent if s.domains.get(key) is not None]
             for key in domains()}  # fmt: skip
    means = {key: sum(scores) / len(scores) for key, scores in given.items() if scores}
    if not means:
        return None
    low = min(means, key=lambda key: means[key])
    language = _language(recent[-1].encounter, known)
    fitting = [i for i in known if low in i.trains and i.scenario.language == language]
    fitting = [i for i in fitting if i.key != recent[-1].encounter.scenario]
    if not fitting or means[low] >= 4:
        return None
    chosen = min(fitting, key=lambda i: before[i.key].times if i.key in before else 0)
    why = ngettext(
        "“%(domain)s” was lowest in your last encounter. This one trains it.",
        "“%(domain)s” was lowest over your last %(count)s encounters. This one trains it.",
        len(recent),
    ) % {"domain": gettext(domains()[low]), "count": len(recent)}
    return Suggestion(chosen, why)


def _language(last: Encounter, known: Sequence[Listed]) -> str:
    found = next((i.scenario.language for i in known if i.key == last.scenario), None)
    return found or "en"
