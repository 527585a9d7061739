"""Whether a site can be served as it is set up: its settings, its database, who can come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, run_checks

from stepdown.web.first import lacks_administrator
from stepdown.web.setup import pending, reach


@dataclass(frozen=True, slots=True)
class Found:
    """What an inspection found: what is as it should be, and what is to be changed."""

    well: tuple[str, ...]
    wrong: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the published shape."""
        return {"well": list(self.well), "wrong": list(self.wrong)}

    def told(self) -> list[str]:
        """Return it line by line."""
        last = "Change what is wrong." if self.wrong else "The site can be served."
        return [*(f"well:  {e}" for e in self.well), *(f"WRONG: {e}" for e in self.wrong), last]


def inspect() -> Found:
    """Inspect the site that Django was set up for. Raises InputProblems if no database answers."""
    well, wrong = ["the settings can be read"], []
    if settings.SITE.mode == "site" and not settings.SITE.https:
        wrong.append("STEPDOWN_HTTPS is 0: passwords and words travel openly; well on one's own"
                     " machine alone")  # fmt: skip
    found = run_checks(include_deployment_checks=True)
    wrong += [_said(message) for message in found if not message.is_silenced()]
    if not wrong:
        well.append("the checks of Django for deployment find nothing")
    reach()
    well.append(f"the database answers ({settings.DATABASES['default']['ENGINE'].split('.')[-1]})")
    todo = pending()
    if todo:
        wrong.append(f"{len(todo)} changes to the tables are to be made: stepdown site prepare")
        return Found(tuple(well), tuple(wrong))
    well.append("the tables are as this version needs them")
    if settings.SITE.mode == "site" and lacks_administrator():
        wrong.append("nobody administers it: stepdown site first-administrator EMAIL")
    return Found(tuple(well), tuple(wrong))


def _said(message: CheckMessage) -> str:
    hint = f" ({message.hint})" if message.hint else ""
    return f"{message.id}: {message.msg}{hint}"
