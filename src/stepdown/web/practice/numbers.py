"""An agency's numbers by unit and month, without names, and without what few people stand behind.

Only months that are over are counted: a number that changes from day to day tells who changed it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stepdown.encounter.review.rubric import domains
from stepdown.web.accounts.models import Agency, Unit
from stepdown.web.permission import Missing, may, permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.practice.models import Encounter, HandScore
from stepdown.web.practice.reviewing import derive
from stepdown.web.practice.suppression import hidden

MONTHS = 12
DERIVED = 200
"""How many assessments are worked out, at most, while somebody waits for their numbers."""

COUNTS = ("people", "encounters", "assessments", "in_time")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Place = tuple[date, UUID | None]


@dataclass(frozen=True, slots=True)
class Row:
    """The numbers of a unit in a month; None where they are hidden.

    unit: empty for the whole agency. hand, machine: mean score by domain, of assessments alone.
    """

    month: date
    unit: str
    whole: bool
    counts: dict[str, int | None]
    hand: dict[str, float] | None
    machine: dict[str, float | None] | None

    @property
    def scored(self) -> tuple[tuple[str, Mapping[str, float | None] | None], ...]:
        """The mean scores, by who gave them."""
        return (("hand", self.hand), ("machine", self.machine))

    @property
    def empty(self) -> bool:
        """Whether everything in it is hidden."""
        counted = any(value is not None for value in self.counts.values())
        return not counted and self.hand is None and self.machine is None


@dataclass(slots=True)
class _Gathered:
    """What was found for a unit in a month: a value and a person each time."""

    values: list[tuple[object, UUID]] = field(default_factory=list)

    @property
    def people(self) -> frozenset[UUID]:
        return frozenset(person for _value, person in self.values)


def agencies_of(actor: Actor) -> list[Agency]:
    """Return the agencies of which this person may see numbers, by name."""
    known = {grant.agency for grant in actor.grants if grant.agency}
    agencies = Agency.objects.filter(pk__in=known).prefetch_related("units").order_by("name")
    return [agency for agency in agencies if may(actor, Action.SEE_NUMBERS, _thing(agency))]


def numbers_of(actor: Actor, agency: UUID, now: datetime) -> list[Row]:
    """Return the numbers of an agency's months, newest first; of one's own units, or of all.

    Raises Missing or Refused.
    """
    found = Agency.objects.prefetch_related("units").filter(pk=agency).first()
    if found is None:
        raise Missing(f"no agency {agency}")
    permit(actor, Action.SEE_NUMBERS, _thing(found), "agency", found.id)
    units = sorted(found.units.all(), key=lambda unit: unit.name)
    whole = may(actor, Action.SEE_NUMBERS, Thing(agency=found.id))
    mine = {u.id for u in units if may(actor, Action.SEE_NUMBERS, _thing(found, u))}
    months = months_before(now)
    rows = _rows(_counted(found, months), months, units)
    # What is hidden is worked out for the whole agency, whoever asks: else two readers who see
    # different parts could compute together what each must not know.
    return [r for r, unit in rows if (whole if unit is None else whole or unit in mine)]


def months_before(now: datetime) -> list[date]:
    """Return the first days of the months that are over, newest first."""
    year, month, found = now.astimezone(UTC).year, now.astimezone(UTC).month, []
    for _n in range(MONTHS):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        found.append(date(year, month, 1))
    return found


def as_csv(rows: Iterable[Row]) -> str:
    """Return the numbers as a table that no spreadsheet takes for formulas."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    scored = [(kind, d) for kind in ("hand", "machine") for d in domains()]
    table.writerow(["month", "unit", *COUNTS, *(f"{kind}_{d}" for kind, d in scored)])
    for row in rows:
        means: list[Mapping[str, float | None]] = [row.hand or {}, row.machine or {}]
        shown = [mean.get(d) for mean in means for d in domains()]
        told = ["hidden" if mean is None else f"{mean:.1f}" for mean in shown]
        counts = ["hidden" if v is None else str(v) for v in row.counts.values()]
        unit = "all units" if row.whole else plain_cell(row.unit)
        table.writerow([f"{row.month:%Y-%m}", unit, *counts, *told])
    return out.getvalue()


def plain_cell(text: str) -> str:
    """Return a text that a spreadsheet shows and does not compute."""
    one_line = " ".join(text.split())
    return f"'{one_line}" if one_line.startswith(_FORMULA) else one_line


def _thing(agency: Agency, unit: Unit | None = None) -> Thing:
    """Return an agency as the policy sees it: all its units, or one."""
    units = agency.units.all() if unit is None else [unit]
    return Thing(agency=agency.id, units=frozenset(u.id for u in units))


def _counted(agency: Agency, months: list[date]) -> dict[str, dict[Place, _Gathered]]:
    """Return what is counted, by measure, and by month and unit."""
    first = datetime(months[-1].year, months[-1].month, 1, tzinfo=UTC)
    own = Encounter.objects.filter(agency=agency, parent=None)
    assessed = own.filter(assessed=True, ended_at__gte=first)
    derive(assessed.filter(skill=None, erased_at=None)[:DERIVED])
    found: dict[str, dict[Place, _Gathered]] = {m: {} for m in (*COUNTS, "hand", *domains())}

    def add(
        measure: str, at: datetime | None, unit: UUID | None, person: UUID, value: object
    ) -> None:  # fmt: skip
        if at is None:
            return
        place = (at.astimezone(UTC).date().replace(day=1), unit)
        found[measure].setdefault(place, _Gathered()).values.append((value, person))

    practice = own.filter(assessed=False, started_at__gte=first).order_by()
    for pk, unit, person, at in practice.values_list("pk", "unit", "person", "started_at"):
        add("people", at, unit, person, person)
        add("encounters", at, unit, person, pk)
    for pk, unit, person, ended, skill in assessed.order_by().values_list(
        "pk", "unit", "person", "ended_at", "skill__domains"
    ):
        add("assessments", ended, unit, person, pk)
        for domain in domains():
            if skill and skill.get(domain) is not None:
                add(domain, ended, unit, person, skill[domain])
    for assignment, unit, person, at in _done_in_time(own, first):
        add("in_time", at, unit, person, (assignment, person))
    hands = HandScore.objects.filter(encounter__in=assessed).values_list(
        "encounter__unit", "encounter__person", "encounter__ended_at", "domains"
    )
    for unit, person, ended, scores in hands:
        add("hand", ended, unit, person, scores)
    return found


def _done_in_time(
    rows: QuerySet[Encounter], first: datetime
) -> Iterable[tuple[UUID, UUID, UUID, datetime]]:
    """Return who did which assignment by its day, once each, and when first."""
    done = rows.filter(Q(ended_at__gte=first), assignment__isnull=False).order_by("ended_at")
    seen: set[tuple[UUID, UUID]] = set()
    for assignment, unit, person, at, due in done.values_list(
        "assignment", "unit", "person", "ended_at", "assignment__due"
    ):
        if at is None:
            continue
        if at.astimezone(UTC).date() <= due and (assignment, person) not in seen:
            seen.add((assignment, person))
            yield assignment, unit, person, at


def _rows(
    found: dict[str, dict[Place, _Gathered]], months: list[date], units: list[Unit]
) -> list[tuple[Row, UUID | None]]:
    """Return a row for each unit and month, and one for all of them, which comes last."""
    known: list[tuple[UUID | None, str]] = [(unit.id, unit.name) for unit in units]
    if any(unit is None for cells in found.values() for _month, unit in cells):
        known.append((None, _("without a unit")))
    made: list[tuple[Row, UUID | None]] = []
    for month in months:
        columns = {
            measure: _column([cells.get((month, unit), _Gathered()) for unit, _name in known])
            for measure, cells in found.items()
        }
        for n, (unit, name) in enumerate((*known, (None, ""))):
            cells = {measure: column[n] for measure, column in columns.items()}
            whole = n == len(known)
            made.append((_row(month, name, cells, whole=whole), None if whole else unit))
    return made


def _column(parts: list[_Gathered]) -> list[_Gathered | None]:
    """Return the parts of a column and their total, None where they are hidden."""
    away = hidden([part.people for part in parts])
    total = _Gathered([value for part in parts for value in part.values])
    shown = [None if n in away.parts else part for n, part in enumerate(parts)]
    return [*shown, None if away.total else total]


def _row(month: date, unit: str, cells: Mapping[str, _Gathered | None], *, whole: bool) -> Row:
    counts = {
        m: None if (c := cells[m]) is None else len({v for v, _p in c.values}) for m in COUNTS
    }
    machine = {d: _mean(cells[d]) for d in domains()}
    some = any(mean is not None for mean in machine.values())
    return Row(month, unit, whole, counts, _means(cells["hand"]), machine if some else None)


def _count(cell: _Gathered | None) -> int | None:
    return None if cell is None else len({value for value, _person in cell.values})


def _mean(cell: _Gathered | None) -> float | None:
    """Return the machine's mean in one domain: each is hidden by itself, by whom it could score."""
    if cell is None:
        return None
    scores = [value for value, _person in cell.values if isinstance(value, int | float)]
    return round(sum(scores) / len(scores), 1) if scores else None


def _means(cell: _Gathered | None) -> dict[str, float] | None:
    if cell is None:
        return None
    scores = [value for value, _person in cell.values if isinstance(value, dict)]
    if not scores:
        return None
    return {d: round(sum(s.get(d, 0) for s in scores) / len(scores), 1) for d in domains()}
