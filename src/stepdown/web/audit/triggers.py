"""Triggers that keep rows as they were written, for both databases."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB}{of} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION stepdown_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB}{of} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION stepdown_append_only()
"""


def keep(
    editor: BaseDatabaseSchemaEditor, table: str, verbs: tuple[str, ...],
    columns: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Refuse these verbs (update, delete, truncate) on a table from now on.

    `columns`: those that may not be updated; all where none is named.
    """
    postgres = editor.connection.vendor == "postgresql"
    if postgres:
        editor.execute(_FUNCTION, params=None)
    for verb in verbs:
        if verb == "truncate" and not postgres:
            continue
        text = _POSTGRES if postgres else _SQLITE
        named = ", ".join(f'"{column}"' for column in columns)
        of = f" OF {named}" if columns and verb == "update" else ""
        made = text.format(table=table, verb=verb, VERB=verb.upper(), of=of)
        editor.execute(made, params=None)


def release(editor: BaseDatabaseSchemaEditor, table: str, verbs: tuple[str, ...]) -> None:
    """Take the triggers away again, for a migration back."""
    postgres = editor.connection.vendor == "postgresql"
    for verb in verbs:
        if verb != "truncate" or postgres:
            where = f" ON {table}" if postgres else ""
            editor.execute(f"DROP TRIGGER {table}_no_{verb}{where}")


def forward(table: str, verbs: tuple[str, ...], columns: tuple[str, ...] = ()) -> Any:
    """Return a migration step that keeps a table."""
    return lambda apps, editor: keep(editor, table, verbs, columns)


def backward(table: str, verbs: tuple[str, ...]) -> Any:
    """Return the migration step that undoes `forward`."""
    return lambda apps, editor: release(editor, table, verbs)
