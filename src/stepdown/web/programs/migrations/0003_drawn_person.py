"""Who was in which unit when lots were drawn; like the draw itself it is never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from stepdown.web.audit.triggers import backward, forward

TABLE, VERBS = "programs_drawnperson", ("update",)
KEPT = ("rollout_id", "unit", "since")


class Migration(migrations.Migration):
    """A table of the people of a draw."""

    dependencies = [
        ("programs", "0002_what_was_published_stays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="DrawnPerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit", models.CharField(max_length=120)),
                ("since", models.DateField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drawn_with",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rollout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="programs.rollout",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("rollout", "person"), name="drawn_once")
                ],
            },
        ),
        migrations.RunPython(forward(TABLE, VERBS, KEPT), backward(TABLE, VERBS)),
    ]
