"""Each entry of a calendar is of an agency, which can erase what it holds of a person."""

from collections import defaultdict
from typing import Any
from uuid import UUID

import django.db.models.deletion
from django.db import migrations, models

BATCH = 500


def fill(apps: Any, editor: Any) -> None:
    """Write down of which agency each entry is; one of which that cannot be told is remade."""
    entries = apps.get_model("records", "FeedEntry").objects
    known = _known(apps)
    found = defaultdict(list)
    for pk, kind, record, whole in entries.values_list("pk", "kind", "record", "feed__agency"):
        of_one = [whole] if whole else known[kind, record]
        if len(of_one) == 1:
            found[next(iter(of_one))].append(pk)
    for agency, ids in found.items():
        for n in range(0, len(ids), BATCH):
            entries.filter(pk__in=ids[n : n + BATCH]).update(agency_id=agency)
    entries.filter(agency=None).delete()


def _known(apps: Any) -> dict[tuple[str, str], set[Any]]:
    """Return the agencies of the records that entries of people's own calendars are of."""
    known: dict[tuple[str, str], set[Any]] = defaultdict(set)
    for pk, agency in apps.get_model("programs", "Session").objects.values_list("pk", "agency"):
        known["session", str(pk)].add(agency)
    visits = apps.get_model("records", "Visit").objects
    for person, refresher, day, agency in visits.values_list(
        "person", "refresher", "day", "plan__agency"
    ):
        known["refresher", f"{person}/{refresher}/{day:%Y-%m}"].add(agency)
    agencies = set(apps.get_model("accounts", "Agency").objects.values_list("pk", flat=True))
    hours = apps.get_model("records", "FeedEntry").objects.filter(kind="hours")
    for record in hours.values_list("record", flat=True):
        known["hours", record] |= agencies & {UUID(record.split("/")[1])}
    return known


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_reminders"),
        ("programs", "0004_nothing_is_deleted"),
        ("records", "0004_what_was_noted_stays"),
    ]

    operations = [
        migrations.AddField(
            model_name="feedentry",
            name="agency",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.agency",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="feedentry",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.agency",
            ),
        ),
    ]
