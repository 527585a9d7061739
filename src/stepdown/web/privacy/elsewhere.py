"""Whether another agency holds anything of a person, by the rules of every table."""

from __future__ import annotations

from django.db.models import Exists, Q

from stepdown.web.accounts.models import Agency, Person
from stepdown.web.privacy.rule import Side, Table, rows_of
from stepdown.web.privacy.rules import TABLES


def held_elsewhere(person: Person, agency: Agency) -> bool:
    """Say whether an agency other than this one answers for any row of a person. One query."""
    anything = Q()
    for table in TABLES:
        for side in table.sides:
            if side.agency:
                anything |= Q(_of_another(table, side, person, agency))
    return Person.objects.filter(anything, pk=person.pk).exists()


def _of_another(table: Table, side: Side, person: Person, agency: Agency) -> Exists:
    another = ~Q(**{side.agency: agency.pk}) & Q(**{f"{side.agency}__isnull": False})
    return Exists(rows_of(table, side, person).filter(another))
