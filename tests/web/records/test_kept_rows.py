import pytest
from django.db import Error, connection, transaction

from tests.web.privacy.conftest import filled
from tests.web.programs.test_kept_rows import triggers

KEPT = {
    "records_exam": "unit_id day scores at",
    "records_credit": "agency_id day topic minutes at",
    "records_hourssetting": "agency_id text records_from topics at",
    "records_certificate": "agency_id programme_id serial values at",
    "records_plansetting": "agency_id hours other_hours most_hours aim standard within scouting"
    " weights refreshers remind_days at",
    "records_rosterimport": "agency_id at sha256 counts mapping",
}
COLUMNS = [(table, column) for table, columns in KEPT.items() for column in columns.split()]
STAY = [table for table in KEPT if table != "records_certificate"]


def refused(text):
    with (
        pytest.raises(Error, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(text)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_the_database_refuses_to_change_what_was_noted(here, table, column):
    filled("anna", here)
    refused(f'UPDATE {table} SET "{column}" = "{column}"')


@pytest.mark.parametrize("table", STAY)
def test_the_database_refuses_to_delete_what_was_noted(here, table):
    filled("anna", here)
    refused(f"DELETE FROM {table}")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", STAY)
def test_the_database_refuses_to_empty_a_table(db, table):
    refused(f"TRUNCATE {table} CASCADE")


def test_every_trigger_is_there_after_all_migrations(db):
    made = {f"{table}_no_update" for table in KEPT} | {f"{table}_no_delete" for table in STAY}
    if connection.vendor == "postgresql":
        made |= {f"{table}_no_truncate" for table in STAY}
    assert {name for name in triggers() if name.startswith("records_")} == made


def test_settings_that_were_made_before_months_differed_have_none_that_do_and_stay(own_site):
    assert own_site.call(_older_settings) == "[20.0, {}] kept"


def test_migrating_back_and_forth_leaves_the_same_triggers(own_site):
    assert own_site.call(_back_and_forth) == "the same"


def _older_settings():
    import json

    from django.core.management import call_command
    from django.db import connection

    from stepdown.web.accounts.models import Agency
    from stepdown.web.records.models import PlanSetting
    from tests.web.records.test_kept_rows import refused

    agency = Agency.objects.create(name="Older")
    call_command("migrate", "records", "0006", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_plansetting (agency_id, hours, most_hours, aim, standard,"
            " scouting, weights, refreshers, remind_days, at)"
            " VALUES (%s, 20, 4, 'skill', 0.8, 0, '{}', '[]', 7, '2026-03-02 12:00:00+00:00')",
            [agency.pk.hex if connection.vendor == "sqlite" else agency.pk],
        )
    call_command("migrate", verbosity=0)
    row = PlanSetting.objects.get()
    for text in ("UPDATE {} SET other_hours = '{{}}'", "UPDATE {} SET hours = 1", "DELETE FROM {}"):
        refused(text.format("records_plansetting"))
    return f"{json.dumps([row.hours, row.other_hours])} kept"


def _back_and_forth():
    from django.core.management import call_command

    from tests.web.programs.test_kept_rows import triggers

    before = triggers()
    call_command("migrate", "records", "0003", verbosity=0)
    between = [name for name in triggers() if name.startswith("records_")]
    call_command("migrate", verbosity=0)
    return "the same" if triggers() == before and not between else f"{between} {triggers()}"
