"""What was published, drawn or noted is never deleted; a draw keeps whose it is, too."""

from typing import Any

from django.db import migrations

from stepdown.web.audit.triggers import backward, forward

GONE = ("delete", "truncate")
KEPT = (
    "programs_moduleversion", "programs_programmeversion", "programs_rollout",
    "programs_actualdate", "programs_drawnperson", "programs_attendance", "programs_fidelitymark",
)  # fmt: skip
VERSION = ("name", "number", "day", "reason", "digest", "content")
CHANGED = {
    "programs_moduleversion": (VERSION, (*VERSION, "agency_id", "at")),
    "programs_programmeversion": (VERSION, (*VERSION, "agency_id", "at")),
    "programs_rollout": (
        ("text", "digest"),
        ("text", "digest", "units", "programme", "agency_id", "at"),
    ),
}
"""Tables with the columns that could not be updated until now, and those from now on."""
ACTUAL = ("rollout_id", "unit", "day", "note", "at")


def _steps(table: str, before: tuple[str, ...], now: tuple[str, ...]) -> list[Any]:
    """Return the steps that put one trigger on updates in place of another, and back."""
    update = ("update",)
    return [
        migrations.RunPython(backward(table, update), forward(table, update, before)),
        migrations.RunPython(forward(table, update, now), backward(table, update)),
    ]


class Migration(migrations.Migration):
    """Triggers against deleting, and on more columns of versions, draws and actual dates."""

    dependencies = [("programs", "0003_drawn_person")]
    operations = [
        *(migrations.RunPython(forward(table, GONE), backward(table, GONE)) for table in KEPT),
        *(step for table, columns in CHANGED.items() for step in _steps(table, *columns)),
        migrations.RunPython(
            forward("programs_actualdate", ("update",), ACTUAL),
            backward("programs_actualdate", ("update",)),
        ),
    ]
