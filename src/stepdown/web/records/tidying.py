"""Delete what was put aside and not used within a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from stepdown.web.audit.log import note
from stepdown.web.policy import Actor
from stepdown.web.records.models import StagedRoster

KEPT = timedelta(days=1)


def tidy(now: datetime) -> int:
    """Delete rosters that were looked at a day ago and not applied; return how many there were."""
    with transaction.atomic():
        rows = StagedRoster.objects.filter(at__lt=now - KEPT)
        count, _by_model = rows.delete()
        if count:
            note(Actor(), "rosters discarded", "retention", detail={"rosters": count}, now=now)
    return count
