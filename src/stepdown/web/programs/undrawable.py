"""Which units of an agency cannot be drawn, and why: known before anything is sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from stepdown.retention.rollout_plan import unusable
from stepdown.web.accounts.models import Agency, Unit
from stepdown.web.programs.models import Session


@dataclass(frozen=True, slots=True)
class Undrawable:
    """What stands in the way of a draw.

    `trained`: the programmes, by id, of which a session was held in each unit. `everybody`: those
    of which one was held for everybody in the agency. `names`: why the name of a unit is unfit.
    """

    trained: Mapping[UUID, frozenset[str]]
    everybody: frozenset[str]
    names: Mapping[UUID, str]

    def ever(self, unit: UUID, programmes: Mapping[str, str]) -> bool:
        """Say whether a unit can be drawn for none of these programmes."""
        return unit in self.names or programmes.keys() <= self.trained.get(unit, frozenset())

    def why(self, unit: UUID, programmes: Mapping[str, str]) -> list[str]:
        """Return why a unit cannot be drawn, for which of these programmes (titles by id)."""
        titles = [title for name, title in programmes.items()
                  if name in self.trained.get(unit, ())]  # fmt: skip
        told = [_("Already trained in: %(titles)s.") % {"titles": ", ".join(titles)}]
        return [*(told if titles else ()), *([self.names[unit]] if unit in self.names else ())]


def undrawable(agency: Agency, units: Sequence[Unit], now: datetime) -> Undrawable:
    """Return what stands in the way of drawing these units; one query."""
    held = Session.objects.filter(
        agency=agency, programme__isnull=False, cancelled_at=None, start__lte=now
    )
    trained: dict[UUID | None, set[str]] = defaultdict(set)
    for unit, name in held.order_by().values_list("unit", "programme__name").distinct():
        trained[unit].add(name)
    everybody = frozenset(trained.pop(None, ()))
    return Undrawable(
        {unit: frozenset(names) for unit, names in trained.items() if unit is not None},
        everybody, _unfit(units),
    )  # fmt: skip


def _unfit(units: Sequence[Unit]) -> dict[UUID, str]:
    """Return what is wrong with the names of units, which will stand in tables."""
    often = Counter(unit.name.casefold() for unit in units)
    found = {}
    for unit in units:
        if unusable(unit.name):
            found[unit.id] = _(
                "Its name has to be changed first. It must not begin with =, +, -, @ or an"
                " apostrophe, hold blanks that are not needed, or signs that are not seen."
            )
        elif often[unit.name.casefold()] > 1:
            found[unit.id] = _("Another unit has the same name but for capital letters.")
    return found
