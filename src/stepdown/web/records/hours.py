"""Hours as people see them: their own, and those of a unit to whoever teaches it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.retention.hours import CycleStanding, HoursStanding
from stepdown.web.accounts.models import Agency, RoleGrant, Unit
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor, Role
from stepdown.web.practice.units import thing_of
from stepdown.web.records import certifying
from stepdown.web.records.counting import Rules, Source, Stands, rules_of, sources, stand
from stepdown.web.records.models import Certificate
from stepdown.web.records.serving import Found, Serving, find, serving, today_in

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Mine:
    """What an agency's rules ask of a person, what they have, and where it comes from.

    `rules` None: the agency has set none. `stands` None: they are no trainee there any more.
    """

    agency: Agency
    day: date
    rules: Rules | None
    stands: Stands | None
    sources: list[Source]
    certificates: list[Certificate]

    @property
    def sentence(self) -> str:
        """Where they stand, in words."""
        return sentence(self.stands.found) if self.stands else ""

    @property
    def cycles(self) -> list[CycleStanding]:
        """The cycles that lack hours, the earliest first, and the one that runs."""
        if self.stands is None or self.stands.found is None:
            return []
        found = self.stands.found
        return [*found.missed, *([found.current] if found.current else [])]


@dataclass(frozen=True, slots=True)
class UnitHours:
    """A page of a unit's people by name, and where each stands. `rules` None: none are set."""

    unit: Unit
    day: date
    rules: Rules | None
    page: Page[Serving]
    stands: list[tuple[Stands, str]]
    """Each with where they stand in words."""


def mine(person: UUID, agency: Agency, now: datetime) -> Mine:
    """Return what a person may see of their own hours in an agency; nothing is asked or noted."""
    people = serving(agency, people=[person])
    return _mine(person, agency, people[0] if people else None, now)


def all_of_mine(person: UUID, now: datetime) -> list[Mine]:
    """Return a person's hours in each agency in which they are a trainee, by its name."""
    roles = RoleGrant.objects.filter(person=person, role=Role.TRAINEE, suspended_at=None)
    agencies = Agency.objects.filter(pk__in=roles.values("agency")).order_by("name")
    return [mine(person, agency, now) for agency in agencies]


def of_person(actor: Actor, agency: UUID, person: UUID, now: datetime) -> tuple[Found, Mine]:
    """Return the hours of a person for whoever may see them. Raises Missing or Refused."""
    found = find(actor, agency, person, Action.SEE_TRAINING)
    return found, _mine(person, found.agency, found.serving, now)


def of_unit(actor: Actor, unit: UUID, now: datetime, number: str | None) -> UnitHours:
    """Return one page of a unit's people, by name. Raises Missing or Refused."""
    place = find_unit(unit)
    permit(actor, Action.SEE_TRAINING, thing_of(place), "unit", place.id)
    page = Paginator(serving(place.agency, place.id), A_PAGE).get_page(number)
    day, rules = today_in(place.agency, now), rules_of(place.agency_id)
    people: Sequence[Serving] = list(page)
    found = stand(place.agency, rules, people, now) if rules else []
    return UnitHours(place, day, rules, page, [(each, sentence(each.found)) for each in found])


def find_unit(unit: UUID) -> Unit:
    """Return a unit, whoever may know it. Raises Missing."""
    place = Unit.objects.select_related("agency").filter(pk=unit).first()
    if place is None:
        raise Missing(f"no unit {unit}")
    return place


def sentence(found: HoursStanding | None) -> str:
    """Say in words where somebody stands; None: a day is missing."""
    if found is None:
        return _("The day of certification is missing, so their hours cannot be counted.")
    if found.state == "no_rule":
        return _("No rule asks for hours on this day.")
    said = [_("Exempt on this day.")] if found.state == "exempt" else []
    if found.current is not None and not found.missed:
        total = found.current.total
        said.append(_("%(has)s of %(asked)s hours.") % {
            "has": as_hours(total.has), "asked": as_hours(total.required)})  # fmt: skip
    if found.lacks and found.due is not None:
        lacking = {"lacks": as_hours(found.lacks), "day": date_format(found.due, _("j M Y"))}
        overdue = found.due < found.day
        said.append(
            _("%(lacks)s hours lacking; they were due on %(day)s.") % lacking
            if overdue
            else _("%(lacks)s hours lacking, due on %(day)s.") % lacking
        )
        if found.current is not None and not found.missed and found.current.over:
            said.append(_over(found.current))
    return " ".join(said)


def _over(cycle: CycleStanding) -> str:
    """Say why hours on record and hours lacking are more together than what is asked for."""
    topics = ", ".join(topic.name for topic in cycle.topics if topic.lacks)
    said = ngettext(
        "%(hours)s hour is more than counts in other topics: what is lacking must be in"
        " %(topics)s.",
        "%(hours)s hours are more than count in other topics: what is lacking must be in"
        " %(topics)s.",
        1 if cycle.over == 60 else 2,
    )
    return said % {"hours": as_hours(cycle.over), "topics": topics}


def as_hours(minutes: int) -> str:
    """Return minutes as hours, to two decimals at most, as the reader writes numbers."""
    return str(number_format(f"{minutes / 60:.2f}".rstrip("0").rstrip(".")))


def _mine(person: UUID, agency: Agency, serves: Serving | None, now: datetime) -> Mine:
    day, rules = today_in(agency, now), rules_of(agency.id)
    stands = stand(agency, rules, [serves], now)[0] if rules and serves else None
    return Mine(
        agency, day, rules, stands, sources(agency.id, rules, person, now),
        certifying.certificates_of(person, agency.id),
    )  # fmt: skip
