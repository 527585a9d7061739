"""Make a calendar, move what is in it, or say how often it was revised; prints JSON. A script."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta


def main(act: str) -> object:
    """Do one thing and return what it came to."""
    from stepdown.web.accounts.models import Unit
    from stepdown.web.programs.models import Session
    from stepdown.web.records import feeds
    from stepdown.web.records.models import FeedEntry
    from tests.web.records.lessons import session, taught, trainee

    if act == "make":
        unit = Unit.objects.select_related("agency").order_by("pk")[:1].get()
        module = taught(unit.agency).modules["listen"]
        for days in range(1, 30):
            session(module, unit, datetime.now(UTC) + timedelta(days=days))
        person = trainee(unit.agency, unit, "Somebody New")
        return feeds.token_of(feeds.make(person.actor(), datetime.now(UTC)))
    if act == "move":
        return Session.objects.update(place="Elsewhere")
    return sorted(
        values["sequence"] for values in FeedEntry.objects.values_list("values", flat=True)
    )


if __name__ == "__main__":
    from stepdown.web.setup import prepare_django

    prepare_django()
    sys.stdout.write(json.dumps(main(sys.argv[1])))
