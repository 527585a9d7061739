"""What a session teaches, to whom, and whose exemption it is from when: never changed."""

from django.db import migrations

from stepdown.web.audit.triggers import backward, forward

UPDATE, ALL = ("update",), ("update", "delete", "truncate")
KEPT = {
    "programs_session": (
        ALL, ("agency_id", "unit_id", "module_id", "programme_id", "make_up_of_id", "at"),
    ),
    "programs_exemption": (
        UPDATE, ("agency_id", "person_id", "reason", "start", "until", "note", "at"),
    ),
}  # fmt: skip
"""Until a session begins its time, length and place may change, and it may be cancelled. An
exemption may be taken back, and is deleted with the data of its person."""


class Migration(migrations.Migration):
    """Triggers on sessions and exemptions."""

    dependencies = [("programs", "0004_nothing_is_deleted")]
    operations = [
        migrations.RunPython(forward(table, verbs, columns), backward(table, verbs))
        for table, (verbs, columns) in KEPT.items()
    ]
