"""A hold may be set by a command."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_retention_and_suspension"),
    ]

    operations = [
        migrations.AlterField(
            model_name="hold",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds_set",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
