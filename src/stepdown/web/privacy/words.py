"""Why a field says nothing about a person, or stays: the reasons that rules give."""

from __future__ import annotations

from stepdown.web.privacy.rule import Side, Table

NUMBER = "a number of the row, with no meaning"
SECRET = "a secret, or a hash of one: giving it away would weaken the account"  # noqa: S105
FORM = "written by the agency or by the software, about nobody"
OTHERS = "about somebody else"
COUNTED = "counted by the agency, without name or words"
TRACE = "the trail of who did what, by ids alone, which must stay whole to be believed"
THEM = "it is this person"


def table(model: str, plain: dict[str, str], *sides: Side) -> Table:
    """Return the rules of a table."""
    return Table(model, plain, sides)
