"""Whom a programme is for; what was said of it stays."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from stepdown.web.audit.triggers import backward, forward

TABLE = "programs_audience"
UPDATE, GONE = ("update",), ("delete", "truncate")
COLUMNS = ("agency_id", "programme", "kind", "units", "why", "at")


class Migration(migrations.Migration):
    """A table of whom programmes are for, with triggers; who said it may be blanked."""

    dependencies = [
        ("accounts", "0004_reminders"),
        ("programs", "0006_who_taught_is_corrected"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Audience",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("programme", models.CharField(max_length=61)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("everybody", "everybody"),
                            ("units", "units"),
                            ("chosen", "chosen"),
                        ],
                        max_length=12,
                    ),
                ),
                ("units", models.JSONField(default=list)),
                ("why", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agency",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "indexes": [
                    models.Index(
                        fields=["agency", "programme"], name="programs_au_agency__27c988_idx"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("everybody", "units", "chosen"))),
                        name="an_audience_of_the_list",
                    )
                ],
            },
        ),
        migrations.RunPython(forward(TABLE, UPDATE, COLUMNS), backward(TABLE, UPDATE)),
        migrations.RunPython(forward(TABLE, GONE), backward(TABLE, GONE)),
    ]
