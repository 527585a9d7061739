"""Who chose the seed of a draw; like the draw itself it is never changed."""

from django.db import migrations, models

from stepdown.web.audit.triggers import backward, forward

TABLE, ALL = "programs_rollout", ("update", "delete", "truncate")
BEFORE = ("text", "digest", "units", "programme", "agency_id", "at")
NOW = (*BEFORE, "seed_by")


class Migration(migrations.Migration):
    """A column under the triggers. They go first: SQLite writes the table anew, without any."""

    dependencies = [("programs", "0007_whom_a_programme_is_for")]
    operations = [
        migrations.RunPython(backward(TABLE, ALL), forward(TABLE, ALL, BEFORE)),
        migrations.AddField(
            "rollout",
            "seed_by",
            models.CharField(
                blank=True,
                choices=[("machine", "machine"), ("given", "given")],
                default="",
                max_length=10,
            ),
        ),
        migrations.RunPython(forward(TABLE, ALL, NOW), backward(TABLE, ALL)),
    ]
