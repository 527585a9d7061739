"""The page on who may do what, written from the policy and the table of routes."""

from __future__ import annotations

import os
from unittest import mock

from stepdown.web.policy import NEED_SECOND_FACTOR, RULES, Role

_HEAD = """# Who may do what

Written from `stepdown.web.policy` and the table of routes by `make docs`. What is not listed is refused. Why it is
so: [who sees what](../explanation/who-sees-what.md).

## Acts

Any one of the ways is enough. A role in an agency holds in all its units; a role in a unit holds there alone.

| act | allowed if |
|---|---|
"""


def access_page() -> str:
    """Return the page."""
    lines = [
        f"| {act.value} | {', or '.join(r.words for r in rules)} |" for act, rules in RULES.items()
    ]
    roles = ", ".join(f"`{role}`" for role in Role)
    factor = ", ".join(f"`{role}`" for role in Role if role in NEED_SECOND_FACTOR)
    given = {"STEPDOWN_SECRET_KEY": "x" * 40, "DJANGO_SETTINGS_MODULE": "stepdown.web.settings"}
    with mock.patch.dict(os.environ, given):
        import django  # noqa: PLC0415

        django.setup()
        from stepdown.web.routes import routes  # noqa: PLC0415

        doors = [f"| `{name}` | {wanted.value} |" for name, wanted in sorted(routes().items())]
    return (
        _HEAD
        + "\n".join(lines)
        + f"\n\nRoles: {roles}. A second factor is needed by {factor}.\n\n## Addresses\n\n"
        + "Who may come to an address at all; what it then does to a record is an act of the table above.\n\n"
        + "| address | open to |\n|---|---|\n"
        + "\n".join(doors)
        + "\n"
    )
