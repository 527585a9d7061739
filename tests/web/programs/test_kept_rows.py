import pytest
from django.db import Error, connection, transaction

from stepdown.web.policy import Role
from stepdown.web.privacy.erase import erase, erase_here
from tests.web.conftest import NOW
from tests.web.privacy.conftest import filled

VERSION = "name number day reason digest content agency_id at"
KEPT = {
    "programs_moduleversion": VERSION,
    "programs_programmeversion": VERSION,
    "programs_rollout": "text digest units programme agency_id at seed_by",
    "programs_actualdate": "rollout_id unit day note at",
    "programs_drawnperson": "rollout_id unit since",
    "programs_attendance": "session_id minutes how recorded supersedes_id",
    "programs_fidelitymark": "session_id item mark at",
    "programs_teachercorrection": "session_id taught at",
    "programs_audience": "agency_id programme kind units why at",
    "programs_session": "agency_id unit_id module_id programme_id make_up_of_id at",
    "programs_exemption": "agency_id person_id reason start until note at",
}
STAY = [table for table in KEPT if table != "programs_exemption"]
"""An exemption is deleted with the data of its person."""

COLUMNS = [(table, column) for table, columns in KEPT.items() for column in columns.split()]


def sql(text):
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.rowcount


def refused(text):
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        sql(text)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_the_database_refuses_to_change_what_was_noted(here, table, column):
    filled("anna", here)
    refused(f'UPDATE {table} SET "{column}" = "{column}"')


@pytest.mark.parametrize("table", STAY)
def test_the_database_refuses_to_delete_what_was_noted(here, table):
    filled("anna", here)
    refused(f"DELETE FROM {table}")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no REPLACE")
@pytest.mark.parametrize("table", STAY)
def test_the_database_refuses_to_put_another_row_in_the_place_of_one(here, table):
    filled("anna", here)
    refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


def test_whose_a_row_is_can_still_become_nobody(here, elsewhere):
    person = filled("anna", here)
    filled("bert", here)
    person.grants.create(role="instructor", agency=elsewhere.agency)
    erase_here(here.people[Role.AGENCY_ADMIN].actor(), person.pk, here.agency.pk, NOW)
    assert not person.attendance.exists()
    person.refresh_from_db()
    erase(person.actor(), person.pk, NOW)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", STAY)
def test_the_database_refuses_to_empty_a_table(db, table):
    refused(f"TRUNCATE {table} CASCADE")


def test_every_trigger_is_there_after_all_migrations(db):
    made = {f"{table}_no_update" for table in KEPT} | {f"{table}_no_delete" for table in STAY}
    if connection.vendor == "postgresql":
        made |= {f"{table}_no_truncate" for table in STAY}
    assert {name for name in triggers() if name.startswith("programs_")} == made


def test_migrating_back_and_forth_leaves_the_same_triggers(own_site):
    assert own_site.call(_back_and_forth) == "the same"


def triggers():
    """Return the text of every trigger by its name."""
    from django.db import connection

    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            if postgres
            else "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        )
        return dict(cursor.fetchall())


def _back_and_forth():
    from django.core.management import call_command

    from tests.web.programs.test_kept_rows import triggers

    before = triggers()
    call_command("migrate", "programs", "0001", verbosity=0)
    between = [name for name in triggers() if name.startswith("programs_")]
    call_command("migrate", verbosity=0)
    return "the same" if triggers() == before and not between else f"{between} {triggers()}"
