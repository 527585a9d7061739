"""Hours of calendar months that differ; like the other settings of plans they never change."""

from django.db import migrations, models

from stepdown.web.audit.triggers import backward, forward

TABLE, ALL = "records_plansetting", ("update", "delete", "truncate")
BEFORE = (
    "agency_id", "hours", "most_hours", "aim", "standard", "within", "scouting", "weights",
    "refreshers", "remind_days", "at",
)  # fmt: skip
NOW = (*BEFORE, "other_hours")


class Migration(migrations.Migration):
    """A column under the triggers. They go first: SQLite writes the table anew, without any."""

    dependencies = [("records", "0006_settings_and_imports_stay")]
    operations = [
        migrations.RunPython(backward(TABLE, ALL), forward(TABLE, ALL, BEFORE)),
        migrations.AddField("plansetting", "other_hours", models.JSONField(default=dict)),
        migrations.RunPython(forward(TABLE, ALL, NOW), backward(TABLE, ALL)),
    ]
