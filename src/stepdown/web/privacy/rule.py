"""The parts of a rule: where a person is found in a table, what they are given, what is erased."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from stepdown.web.accounts.models import Agency, Person

Value = Callable[[Person, datetime], Any]
"""What stands in a field after an erasure."""


@dataclass(frozen=True, slots=True)
class Delete:
    """The rows are deleted."""


@dataclass(frozen=True, slots=True)
class Keep:
    """The rows stay as they are, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Blank:
    """The rows stay: some fields get another value, others keep theirs, and why."""

    values: Mapping[str, Value]
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """One way in which a person is found in the rows of a table.

    `rows`: the lookup from a row to the person, or a function that finds the rows. `agency`: the
    lookup to the agency that answers for the row; empty where the row belongs to the account.
    `holder`: the field that names the person, where a row that stays can name nobody instead.
    `shown`: fields that the person is given. `withheld`: fields that they are not, and why.
    """

    name: str
    rows: str | Callable[[Person], Q]
    agency: str
    shown: tuple[str, ...]
    erase: Delete | Keep | Blank
    withheld: Mapping[str, str] = field(default_factory=dict)
    holder: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """Every field that this side has a rule for."""
        return frozenset(self.shown) | frozenset(self.withheld)


@dataclass(frozen=True, slots=True)
class Table:
    """A model: fields that say nothing about a person, and the sides from which others do."""

    model: str
    plain: Mapping[str, str]
    sides: tuple[Side, ...] = ()

    @property
    def of(self) -> type[Model]:
        """The model itself."""
        return apps.get_model(self.model)


def rows_of(table: Table, side: Side, person: Person) -> QuerySet[Model]:
    """Return the rows of a table in which a person is found from one side."""
    found = Q(**{side.rows: person.pk}) if isinstance(side.rows, str) else side.rows(person)
    return table.of._default_manager.filter(found)


def rows_here(table: Table, side: Side, person: Person, agency: Agency) -> QuerySet[Model]:
    """Return only those rows for which an agency answers."""
    if not side.agency:
        return table.of._default_manager.none()
    return rows_of(table, side, person).filter(**{side.agency: agency.pk})
