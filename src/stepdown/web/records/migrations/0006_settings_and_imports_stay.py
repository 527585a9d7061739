"""What an agency wanted of its refreshers, and which rosters it applied, is never changed."""

from django.db import migrations

from stepdown.web.audit.triggers import backward, forward

ALL = ("update", "delete", "truncate")
KEPT = {
    "records_plansetting": (
        "agency_id", "hours", "most_hours", "aim", "standard", "within", "scouting", "weights",
        "refreshers", "remind_days", "at",
    ),
    "records_rosterimport": ("agency_id", "at", "sha256", "counts", "mapping"),
}  # fmt: skip
"""An erasure blanks who set or applied it."""


class Migration(migrations.Migration):
    """Triggers on settings of plans and on imports of rosters."""

    dependencies = [("records", "0005_entries_of_agencies")]
    operations = [
        migrations.RunPython(forward(table, ALL, columns), backward(table, ALL))
        for table, columns in KEPT.items()
    ]
