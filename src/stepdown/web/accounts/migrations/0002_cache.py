"""The table in which limits on tries are counted."""

from typing import Any

from django.core.management import call_command
from django.db import migrations


def _make(apps: Any, editor: Any) -> None:
    call_command("createcachetable", database=editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    """The cache table."""

    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(_make, migrations.RunPython.noop)]
