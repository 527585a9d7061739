"""What was examined, credited, certified or set is never changed: the database refuses."""

from django.db import migrations

from stepdown.web.audit.triggers import backward, forward

UPDATE, ALL = ("update",), ("update", "delete", "truncate")
KEPT = {
    "records_exam": (ALL, ("unit_id", "day", "scores", "at")),
    "records_credit": (ALL, ("agency_id", "day", "topic", "minutes", "at")),
    "records_hourssetting": (ALL, ("agency_id", "text", "records_from", "topics", "at")),
    "records_certificate": (UPDATE, ("agency_id", "programme_id", "serial", "values", "at")),
}
"""An erasure blanks who an exam or credit is of, and deletes certificates."""


class Migration(migrations.Migration):
    """Triggers on exams, credits, settings of hours and certificates."""

    dependencies = [("records", "0003_last_days_and_withdrawing")]
    operations = [
        migrations.RunPython(forward(table, verbs, columns), backward(table, verbs))
        for table, (verbs, columns) in KEPT.items()
    ]
