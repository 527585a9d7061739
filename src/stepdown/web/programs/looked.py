"""What is wanted drawn, and what would be drawn: the plan, as it is looked at before the lots."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.retention.rollout_plan import RolloutPlan, Wave, cells
from stepdown.web.accounts.models import Agency


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants drawn.

    `strata`: each unit that takes part, by id, with its stratum (or none: ""). `first_session`
    None: midnight of the first wave. `seed`: from what lots are thrown; None: a number that this
    machine takes by chance when it is drawn.
    """

    title: str
    programme: str
    strata: Mapping[UUID, str]
    waves: tuple[Wave, ...]
    first_session: datetime | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A unit that takes no part in a draw. `why` empty: whoever draws left it out."""

    name: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What would be drawn, before it is: the plan without its outcome.

    `programme`: its title. `others`: how often it was drawn before. `empty`: units in which nobody
    is trained now. `scheduled`: sessions of it to come for units that take part.
    """

    agency: Agency
    wanted: Wanted
    programme: str
    plan: RolloutPlan
    first_session: datetime
    left_out: tuple[LeftOut, ...]
    others: int
    empty: tuple[str, ...]
    scheduled: int

    @property
    def mark(self) -> str:
        """What must still be so when it is drawn."""
        content = [
            self.wanted.title.strip(), self.wanted.programme, self.plan.digest,
            self.first_session.isoformat(), [each.name for each in self.left_out], self.others,
            self.wanted.seed,
        ]  # fmt: skip
        return sha256(json.dumps(content).encode()).hexdigest()

    @property
    def waves(self) -> Iterator[tuple[int, Wave, list[tuple[str, int]]]]:
        """Yield each wave with its number, and how many units of each stratum it gets."""
        shares = cells(self.plan)
        strata = sorted({unit.stratum for unit in self.plan.units} - {""})
        for n, wave in enumerate(self.plan.waves, start=1):
            yield n, wave, [(stratum, shares[stratum, n]) for stratum in strata]

    @property
    def warnings(self) -> Iterator[str]:
        """Yield what to know before it is drawn; nothing of it refuses the draw."""
        if self.others:
            yield ngettext(
                "This programme was drawn once before. Every draw stays to be seen, and only one"
                " can be the one that is kept to.",
                "This programme was drawn %(n)d times before. Every draw stays to be seen, and"
                " only one can be the one that is kept to.",
                self.others,
            ) % {"n": self.others}
        if self.scheduled:
            yield ngettext(
                "%(n)d session of this programme is scheduled already. It may lie before the day"
                " that is drawn for a unit.",
                "%(n)d sessions of this programme are scheduled already. They may lie before the"
                " days that are drawn for their units.",
                self.scheduled,
            ) % {"n": self.scheduled}
        if self.empty:
            names = {"units": ", ".join(self.empty)}
            yield _("Nobody is trained in these units now: %(units)s.") % names
        if self.plan.waves[-1].start is not None:
            yield _(
                "No unit is held back. Without some that stay untrained for long, less can be"
                " compared."
            )
