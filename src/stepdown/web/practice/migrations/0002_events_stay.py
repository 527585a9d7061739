"""An event is never changed; it may be deleted with the words of its encounter."""

from django.db import migrations

from stepdown.web.audit.triggers import backward, forward

VERBS = ("update",)


class Migration(migrations.Migration):
    """Triggers on the events."""

    dependencies = [("practice", "0001_initial")]
    operations = [
        migrations.RunPython(forward("practice_event", VERBS), backward("practice_event", VERBS))
    ]
