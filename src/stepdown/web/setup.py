"""Make ready what commands need: Django with the settings of a site, and its tables."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock, Timeout

from stepdown.problems import InputProblems, MissingExtra, Problem
from stepdown.web.environment import Environment, data_folder, keep_key, read_environment

LOCK = 0x57E9D1
"""The advisory lock under which one process alone changes the tables of a PostgreSQL site."""
PATIENCE_S = 120.0


def prepare_django(
    mode: str = "site", environ: MutableMapping[str, str] | None = None, *, own: bool = False,
    restoring: bool = False,
) -> Environment:  # fmt: skip
    """Set Django up for a site of this mode and return its settings. Raises InputProblems.

    `own`: a site on one's own machine, which makes its secret key where none is given.
    `restoring`: a backup is brought back, for which no new key will do.
    """
    given = os.environ if environ is None else environ
    given["STEPDOWN_MODE"] = mode
    if own and not has(given, "STEPDOWN_SECRET_KEY"):
        make_folder(data_folder(mode, given))
        keep_key(data_folder(mode, given))
    site = read_environment(given, restoring=restoring)
    if site.database_url.startswith("postgres") and find_spec("psycopg") is None:
        raise MissingExtra("A PostgreSQL database", "postgres")
    given.setdefault("DJANGO_SETTINGS_MODULE", "stepdown.web.settings")
    given.setdefault("TOKENIZERS_PARALLELISM", "false")
    import django

    django.setup()
    return site


def make_folder(folder: Path) -> None:
    """Make the folder of a site, for its owner alone. Raises InputProblems."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        fix = "set STEPDOWN_HOME to a folder of yours"
        told = error.strerror or str(error)
        problem = Problem(str(folder), told, "a folder that can be written to", fix)
        raise InputProblems("the data folder", [problem]) from None


def usual(environ: MutableMapping[str, str], settings: Mapping[str, str]) -> None:
    """Give settings that were not given, neither by themselves nor as a file."""
    for name, value in settings.items():
        if not has(environ, name):
            environ[name] = value


def has(environ: Mapping[str, str], name: str) -> bool:
    """Say whether a setting is given, by itself or as a file."""
    return any(environ.get(f"{name}{end}") for end in ("", "_FILE"))


def reach() -> None:
    """Return if the database answers. Raises InputProblems."""
    from django.db import DatabaseError, connection

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not in_memory():
        make_folder(Path(name).parent)
        _make_private(Path(name))
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        told = str(error).strip().splitlines()[0]
        fix = "start it, and check STEPDOWN_DATABASE_URL: name, host, user, password"
        problem = Problem(f"the database {name}", told, "one that answers", fix)
        raise InputProblems("the database", [problem]) from None


def in_memory() -> bool:
    """Say whether the database is no file and no server, as in tests."""
    from django.db import connection

    return connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]


def _make_private(file: Path) -> None:
    """Make the file of a database for its owner alone; SQLite makes what lies beside it alike."""
    with suppress(OSError):  # it is there; or opening it will say what is wrong
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def pending() -> list[str]:
    """Return the changes to the tables that were not made yet, as `app.name`."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def migrate(site: Environment) -> list[str]:
    """Bring the tables up to date and return what was changed. Two at once wait for each other."""
    from django.core.management import call_command

    with one_at_a_time(site):
        reach()  # the first to open a new SQLite file sets its journal, which nobody else may share
        todo = pending()
        if todo:
            call_command("migrate", interactive=False, verbosity=0)
    return todo


@contextmanager
def one_at_a_time(site: Environment) -> Iterator[None]:
    """Let one process alone change the tables of a site, and those after it wait."""
    from django.db import connection

    if connection.vendor == "postgresql":
        reach()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        return
    if in_memory():
        yield
        return
    file = Path(f"{connection.settings_dict['NAME']}.lock")
    make_folder(file.parent)
    try:
        with FileLock(file, timeout=PATIENCE_S):
            yield
    except Timeout:
        problem = Problem(
            str(file), "held by another process", "free within two minutes",
            "end the other `stepdown` that changes this site, then try again",
        )  # fmt: skip
        raise InputProblems("the tables of the site", [problem]) from None
