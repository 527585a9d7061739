"""The log is read by agency, by person and by record."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_append_only"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["agency", "number"], name="audit_by_agency"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["actor", "number"], name="audit_by_actor"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["kind", "record", "number"], name="audit_by_record"),
        ),
    ]
