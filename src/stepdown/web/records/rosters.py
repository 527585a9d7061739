"""A roster that is looked at: put aside for a day at most, read by a mapping, compared, discarded.

Nothing here changes who serves; `applying` does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from pydantic import ValidationError

from stepdown.interop import roster_dates
from stepdown.interop.delimited import Delimited, read_delimited
from stepdown.interop.roster import Roster, read_roster
from stepdown.interop.roster_dates import Order
from stepdown.interop.roster_mapping import RosterMapping, guess_mapping
from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.models import Agency
from stepdown.web.audit.log import note
from stepdown.web.policy import Action, Actor
from stepdown.web.programs import curricula
from stepdown.web.programs.zones import day_of, zone_of
from stepdown.web.records.dry_run import DryRun, dry_run
from stepdown.web.records.models import RosterImport, StagedRoster
from stepdown.web.records.tidying import KEPT

DAYS = frozenset({"start", "end", "certified"})
"""Columns of ours in which dates stand."""
MOST_BYTES = 3 * 1024 * 1024
LONGEST_NAME = 200


class NotWaiting(Exception):
    """The roster was applied or discarded, or a day is over."""


def agencies_of(actor: Actor) -> list[Agency]:
    """Return the agencies whose rosters this person may read in, by name."""
    return curricula.agencies_of(actor, Action.IMPORT_ROSTER)


def find_place(actor: Actor, agency: UUID) -> Agency:
    """Return an agency, if the policy allows to read in its rosters. Raises Missing or Refused."""
    return curricula.find_agency(actor, agency, Action.IMPORT_ROSTER)


def still_waiting(agency: Agency, now: datetime) -> QuerySet[StagedRoster]:
    """Return the rosters of an agency that were looked at within a day and not yet applied."""
    return StagedRoster.objects.filter(agency=agency, at__gte=now - KEPT)


def waiting(agency: Agency, now: datetime) -> list[StagedRoster]:
    """Return the rosters that were looked at and not yet applied, newest first."""
    rows = still_waiting(agency, now).select_related("by").defer("raw")
    return list(rows.order_by("-at"))


def find_waiting(actor: Actor, agency: UUID, roster: UUID, now: datetime) -> StagedRoster:
    """Return a roster that waits. Raises Missing, Refused, or NotWaiting."""
    place = find_place(actor, agency)
    row = still_waiting(place, now).select_related("agency").filter(pk=roster).first()
    if row is None:
        raise NotWaiting
    return row


def remembered(agency: Agency, now: datetime) -> RosterMapping:
    """Return how the last roster of the agency was read, applied or not; else the usual."""
    applied = RosterImport.objects.filter(agency=agency).only("at", "mapping").first()
    looked = still_waiting(agency, now).only("at", "mapping").order_by("-at").first()
    last = max((row for row in (applied, looked) if row), key=lambda row: row.at, default=None)
    try:
        return RosterMapping.model_validate(last.mapping if last else {})
    except ValidationError:
        return RosterMapping()


def stage(
    actor: Actor, agency: UUID, name: str, raw: bytes, how: RosterMapping, now: datetime
) -> StagedRoster:
    """Put a file aside to be looked at, in place of one's own earlier one.

    `how`: encoding and separator, where they are given. The rest is as for the last roster, if its
    columns are there, else by the names of the columns. Raises InputProblems for what is no table.
    """
    place = find_place(actor, agency)
    shown = _shown(name)
    if len(raw) > MOST_BYTES:
        raise too_large(shown)
    table = read_delimited(raw, shown, how.encoding, how.separator)
    mapping = _mapping(remembered(place, now), table.header, how)
    with transaction.atomic():
        StagedRoster.objects.filter(agency=place, by=actor.person).delete()
        row = StagedRoster.objects.create(
            agency=place, by_id=actor.person, at=now, name=shown, raw=raw, mapping=kept(mapping)
        )
        detail = {"sha256": hashlib.sha256(raw).hexdigest(), "rows": len(table.rows)}
        note(actor, "roster looked at", "roster", row.pk, row.thing(), detail=detail, now=now)
    return row


def choose(
    actor: Actor, agency: UUID, roster: UUID, mapping: RosterMapping, now: datetime
) -> StagedRoster:
    """Have a roster that waits read in another way."""
    row = find_waiting(actor, agency, roster, now)
    row.mapping = kept(mapping)
    with transaction.atomic():
        if not StagedRoster.objects.filter(pk=row.pk).update(mapping=row.mapping):
            raise NotWaiting
        note(actor, "roster read anew", "roster", row.pk, row.thing(), now=now)
    return row


def discard(actor: Actor, agency: UUID, roster: UUID, now: datetime) -> None:
    """Delete a roster that waits; nothing of it is applied."""
    row = find_waiting(actor, agency, roster, now)
    with transaction.atomic():
        deleted, _by_model = StagedRoster.objects.filter(pk=row.pk).delete()
        if deleted:
            note(actor, "roster discarded", "roster", row.pk, row.thing(), now=now)


def table_of(row: StagedRoster) -> Delimited:
    """Return the header and rows of a roster that waits."""
    how = mapping_of(row)
    return read_delimited(bytes(row.raw), row.name, how.encoding, how.separator)


def mapping_of(row: StagedRoster) -> RosterMapping:
    """Return how a roster that waits is read."""
    return RosterMapping.model_validate(row.mapping)


def lacking(mapping: RosterMapping) -> bool:
    """Say whether a column that is needed has not been found."""
    named = "name" in mapping.columns or {"given_name", "family_name"} <= set(mapping.columns)
    return not (named and {"id", "unit"} <= set(mapping.columns))


def likely_orders(row: StagedRoster) -> tuple[Order, ...]:
    """Return the orders in which the dates of a roster that waits are read better than now."""
    table, mapping = table_of(row), mapping_of(row)
    wanted = {theirs.casefold() for ours, theirs in mapping.columns.items() if ours in DAYS}
    places = [i for i, cell in enumerate(table.header) if cell.casefold() in wanted]
    cells = (row.cells[i].strip() for row in table.rows for i in places)
    return roster_dates.likely_orders(cells, mapping.dates)


def looked_at(row: StagedRoster, now: datetime) -> tuple[Roster, DryRun]:
    """Return a roster that waits and what it would do. Raises InputProblems, all at once."""
    roster = read_roster(bytes(row.raw), mapping_of(row), row.name)
    return roster, dry_run(row.agency, roster, today(row.agency, now))


def today(agency: Agency, now: datetime) -> date:
    """Return the day that it is in the agency."""
    return day_of(now, zone_of(agency))


def too_large(name: str) -> InputProblems:
    """Return the error for a file that is larger than any roster."""
    most = _("%(most)d MB at most") % {"most": MOST_BYTES // 1024**2}
    fix = _("give people of today only, and only the columns that are needed")
    return InputProblems(name, [Problem(name, _("a larger file"), most, fix)])


def kept(mapping: RosterMapping) -> dict[str, object]:
    """Return a mapping as it is stored."""
    return mapping.model_dump(mode="json", exclude_none=True)


def _mapping(last: RosterMapping, header: Sequence[str], how: RosterMapping) -> RosterMapping:
    there = {cell.casefold() for cell in header}
    fits = not lacking(last) and all(cell.casefold() in there for cell in last.columns.values())
    found = guess_mapping(header).columns
    return RosterMapping(
        columns=_with_more(last.columns, found) if fits else found,
        dates=last.dates, id_digits=last.id_digits, encoding=how.encoding, separator=how.separator,
    )  # fmt: skip


def _with_more(chosen: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    """Return columns that were chosen for another file, and usual ones that only this one has."""
    used = {theirs.casefold() for theirs in chosen.values()}
    names = {"name", "given_name", "family_name"}
    more = {
        ours: theirs for ours, theirs in found.items()
        if ours not in chosen and ours not in names and theirs.casefold() not in used
    }  # fmt: skip
    return {**chosen, **more}


def _shown(name: str) -> str:
    """Return a file's name as it can be shown: no folders, no signs that cannot be seen."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[-LONGEST_NAME:] or "roster"
