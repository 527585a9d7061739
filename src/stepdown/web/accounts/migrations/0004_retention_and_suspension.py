"""Words of assessments may have an end; an agency may suspend a person's roles."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_role_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="agency",
            name="assessment_retention_days",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="suspended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
