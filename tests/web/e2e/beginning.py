"""Let a session begin five minutes ago, however long the site has been served. A script."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta


def main(session: str) -> None:
    """Move the beginning of a session."""
    from stepdown.web.programs.models import Session

    start = datetime.now(UTC) - timedelta(minutes=5)
    assert Session.objects.filter(pk=session).update(start=start) == 1


if __name__ == "__main__":
    from stepdown.web.setup import prepare_django

    prepare_django()
    main(*sys.argv[1:])
