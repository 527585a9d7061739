import pytest
from django.db import Error, connection, transaction

from tests.web.privacy.conftest import filled

KEPT = {
    "records_exam": "unit_id day scores at",
    "records_credit": "agency_id day topic minutes at",
    "records_hourssetting": "agency_id text records_from topics at",
    "records_certificate": "agency_id programme_id serial values at",
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
