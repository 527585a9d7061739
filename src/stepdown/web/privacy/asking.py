"""Acts that a person may ask for on a page, and whoever holds the machine by a command."""

from __future__ import annotations

from typing import Any

from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.models import Person
from stepdown.web.audit.log import note
from stepdown.web.permission import permit
from stepdown.web.policy import Action, Actor, Thing

BY_COMMAND = {"by": "command"}


def ask(actor: Actor | None, action: Action, person: Person, thing: Thing) -> None:
    """Ask the policy; None is whoever runs commands on the machine, who may do all this."""
    if actor is not None:
        permit(actor, action, thing, "person", person.id)


def noted(
    actor: Actor | None, what: str, person: Person, thing: Thing, now: Any, **detail: Any
) -> None:
    """Note in the audit log what was done with a person's data."""
    more = detail if actor else {**detail, **BY_COMMAND}
    note(actor or Actor(), what, "person", person.id, thing, detail=more, now=now)


def refused(where: str, given: str, expected: str, fix: str) -> InputProblems:
    """Return the error for something that cannot be done with a person's data."""
    return InputProblems(where, [Problem(where, given, expected, fix)])
