"""Open the record of a site for a command, and find people and agencies in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from stepdown.problems import InputProblems, Problem

if TYPE_CHECKING:
    from stepdown.web.accounts.models import Agency, Person


def open_record() -> None:
    """Make the site of this environment ready to be read and written. Raises InputProblems."""
    from stepdown.web.setup import pending, prepare_django, reach

    prepare_django(os.environ.get("STEPDOWN_MODE", "site"))
    reach()
    if todo := pending():
        given = f"{len(todo)} changes that were not made, the first {todo[0]}"
        fix = "run `stepdown site prepare`"
        raise InputProblems(
            "the record", [Problem("tables", given, "tables as this version needs them", fix)]
        )


def person_of(email: str) -> Person:
    """Return whoever has an e-mail address. Raises InputProblems."""
    from stepdown.web.accounts.people import by_email

    found = by_email(email)
    if found is None:
        fix = "check the address; erased people have none"
        raise InputProblems("the person", [Problem("EMAIL", email, "somebody's address", fix)])
    return found


def agency_of(name: str) -> Agency:
    """Return an agency by its name. Raises InputProblems that list those there are."""
    from stepdown.web.accounts.models import Agency

    found = Agency.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Agency.objects.order_by("name").values_list("name", flat=True))
        problem = Problem("--agency", name, known or "an agency: there is none", "choose one")
        raise InputProblems("the agency", [problem])
    return found
