"""Who taught a session can be corrected; each correction stays."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from stepdown.web.audit.triggers import backward, forward

TABLE = "programs_teachercorrection"
UPDATE, GONE = ("update",), ("delete", "truncate")
COLUMNS = ("session_id", "taught", "at")


class Migration(migrations.Migration):
    """Corrections of who taught, with triggers; whose they are, and why, can be erased."""

    dependencies = [
        ("programs", "0005_sessions_and_exemptions_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="TeacherCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("taught", models.BooleanField()),
                ("why", models.CharField(max_length=400)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="teacher_corrections",
                        to="programs.session",
                    ),
                ),
            ],
            options={"ordering": ("at", "id")},
        ),
        migrations.RunPython(forward(TABLE, UPDATE, COLUMNS), backward(TABLE, UPDATE)),
        migrations.RunPython(forward(TABLE, GONE), backward(TABLE, GONE)),
    ]
