"""Where people stand with their hours: the rules in force, what they were credited, what lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from stepdown.problems import InputProblems
from stepdown.retention.hours import Credit, HoursStanding, standing
from stepdown.retention.hours_cycles import Member
from stepdown.retention.hours_rules import Jurisdiction, parsed_jurisdiction
from stepdown.retention.teaching import Exemption
from stepdown.web.accounts.models import Agency
from stepdown.web.programs import taught
from stepdown.web.programs.models import Exemption as ExemptionRow
from stepdown.web.programs.models import ModuleVersion
from stepdown.web.records.models import Credit as CreditRow
from stepdown.web.records.models import HoursSetting
from stepdown.web.records.serving import Serving, today_in

IN_ONE_QUERY = 200
"""People above whose number everybody's rows are read."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force in an agency, and how it applies them."""

    setting: int
    jurisdiction: Jurisdiction
    records_from: date | None
    topics: dict[str, str]
    """The topic that a module counts for; one that is not named counts for none in particular."""

    def named(self, topic: str) -> str:
        """Return what a topic is called; empty for hours of no topic in particular."""
        names = {t.id: t.name for rule in self.jurisdiction.rules for t in rule.topics}
        return names.get(topic, topic)


@dataclass(frozen=True, slots=True)
class Stands:
    """Where somebody stands. `found` None: a day is missing that their cycles are counted from."""

    person: Serving
    found: HoursStanding | None


@dataclass(frozen=True, slots=True)
class Source:
    """Hours that somebody has, and where they come from."""

    day: date
    minutes: int
    topic: str
    """What the topic is called; empty for none in particular."""
    what: str
    session: UUID | None = None
    row: CreditRow | None = None


def rules_of(agency: UUID) -> Rules | None:
    """Return the rules that an agency counts hours by, None if it has set none."""
    row = HoursSetting.objects.filter(agency=agency).first()
    return None if row is None else rules_in(row)


def rules_in(row: HoursSetting) -> Rules:
    """Return the rules of a setting."""
    return Rules(row.id, _parsed(row.text), row.records_from, dict(row.topics))


@lru_cache(maxsize=64)
def _parsed(text: str) -> Jurisdiction:
    return parsed_jurisdiction(text, "rules.yaml")


def stand(agency: Agency, rules: Rules, people: Sequence[Serving], now: datetime) -> list[Stands]:
    """Return where each of these people stands now, in the order given.

    A session counts once it has ended. The number of queries does not depend on how many people
    they are.
    """
    day = today_in(agency, now)
    ids = [person.id for person in people] if len(people) <= IN_ONE_QUERY else None
    credits_ = _credits(agency.id, rules, ids, now)
    exempt = _exemptions(agency.id, ids)
    return [
        Stands(each, _standing(rules, each, credits_.get(each.id, []), exempt.get(each.id), day))
        for each in people
    ]


def sources(agency: UUID, rules: Rules | None, person: UUID, now: datetime) -> list[Source]:
    """Return every credit of a person, newest first, with those that were taken back."""
    topics = rules.topics if rules else {}
    called = rules.named if rules else str
    titles = dict(ModuleVersion.objects.filter(agency=agency).values_list("name", "content__title"))
    found = [
        Source(c.day, c.minutes, called(topics.get(c.module, "")), titles.get(c.module, c.module),
               session=c.session)
        for c in taught.credited(agency, [person], ended=now)
    ]  # fmt: skip
    rows = CreditRow.objects.filter(agency=agency, person=person).select_related("by")
    found += [Source(r.day, r.minutes, called(r.topic), r.source, row=r) for r in rows]
    return sorted(found, key=lambda each: each.day, reverse=True)


def _standing(
    rules: Rules, person: Serving, credits_: list[Credit],
    exempt: tuple[Exemption, ...] | None, day: date,
) -> HoursStanding | None:  # fmt: skip
    member = Member(str(person.id), person.hired, person.certified, exempt or ())
    try:
        return standing(rules.jurisdiction, member, credits_, day, rules.records_from)
    except InputProblems:
        return None


def _credits(
    agency: UUID, rules: Rules, ids: list[UUID] | None, now: datetime
) -> dict[UUID, list[Credit]]:
    found: dict[UUID, list[Credit]] = defaultdict(list)
    for given in taught.credited(agency, ids, ended=now):
        topic = rules.topics.get(given.module, "")
        found[given.person].append(Credit(given.day, topic, given.minutes))
    rows = CreditRow.objects.filter(agency=agency, withdrawn_at=None)
    if ids is not None:
        rows = rows.filter(person__in=ids)
    for who, day, topic, minutes in rows.order_by().values_list(
        "person", "day", "topic", "minutes"
    ):
        found[who].append(Credit(day, topic, minutes))
    return found


def _exemptions(agency: UUID, ids: list[UUID] | None) -> dict[UUID, tuple[Exemption, ...]]:
    rows = ExemptionRow.objects.filter(agency=agency, withdrawn_at=None)
    if ids is not None:
        rows = rows.filter(person__in=ids)
    found: dict[UUID, tuple[Exemption, ...]] = {}
    for row in rows.order_by("start", "id"):
        found[row.person_id] = (*found.get(row.person_id, ()), row.value())
    return found
