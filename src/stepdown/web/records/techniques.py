"""The techniques that an agency plans refreshers for, and what is taken for known of each."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from stepdown.encounter.review.rubric import domains
from stepdown.retention.prior import Prior, prior_of, shipped
from stepdown.web.programs import curricula

ANY = "any other"
"""Stands for a technique that was not there yet; no id has a space."""


def techniques(agency: UUID) -> dict[str, str]:
    """Return the techniques that refreshers of an agency are planned for, names by id; one query.

    Those of the rubric, then what the latest versions of its programmes declare beside them. Of
    two that declare the same id, the first programme by its own id names it.
    """
    rubric = domains()
    found = {one.id: rubric.get(one.id, one.name) for one in shipped().techniques}
    rows = curricula.latest([agency]).order_by("name")
    for declared in rows.values_list("content__techniques", flat=True):
        for one in declared or ():
            found.setdefault(one["id"], one["name"])
    return found


def prior(known: Iterable[str]) -> Prior:
    """Return what is taken for known of these techniques; of those not of the rubric: anything."""
    return prior_of(shipped(), list(known))
