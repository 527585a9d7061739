"""What was published, drawn or noted is never changed: the database refuses."""

from django.db import migrations

from stepdown.web.audit.triggers import backward, forward

VERBS = ("update",)
VERSION = ("name", "number", "day", "reason", "digest", "content")
KEPT = {
    "programs_moduleversion": VERSION,
    "programs_programmeversion": VERSION,
    "programs_rollout": ("text", "digest"),
    "programs_attendance": ("session_id", "minutes", "how", "recorded", "supersedes_id"),
    "programs_fidelitymark": ("session_id", "item", "mark", "at"),
}


class Migration(migrations.Migration):
    """Triggers on versions, draws, attendance and marks; who it is of may be blanked."""

    dependencies = [("programs", "0001_initial")]
    operations = [
        migrations.RunPython(forward(table, VERBS, columns), backward(table, VERBS))
        for table, columns in KEPT.items()
    ]
