"""Nobody changes or deletes an entry: the database refuses."""

from django.db import migrations

from stepdown.web.audit.triggers import backward, forward

VERBS = ("update", "delete", "truncate")


class Migration(migrations.Migration):
    """Triggers on the audit log."""

    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunPython(forward("audit_entry", VERBS), backward("audit_entry", VERBS))
    ]
