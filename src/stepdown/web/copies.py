"""Copies of the database, of either engine: made while it is in use, opened, brought back."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from django.db import DatabaseError, connections, transaction

from stepdown.problems import InputProblems, Problem
from stepdown.web.archive import Facts
from stepdown.web.audit.log import FIRST

SOURCE, COPY = "source", "copy"
PREFIX = "stepdown_verify_"
STALE = timedelta(days=1)
WAIT_S = 60


class Engine(Protocol):
    """What a kind of database can do with copies of itself."""

    name: str

    def dump(self, to: Path) -> Facts:
        """Write a copy, as the database is at one moment, and return what it holds then."""

    def opened(self, content: Path) -> Any:
        """Open a copy under the alias COPY while a block runs; False if that is not possible."""

    def load(self, content: Path) -> None:
        """Put a copy in place of everything, in one transaction."""

    def users(self) -> int:
        """Return how many others have this database open, as far as it knows."""


def engine() -> Engine:
    """Return the engine of this site."""
    return Sqlite() if connections["default"].vendor == "sqlite" else Postgres()


def facts(alias: str) -> Facts:
    """Return what a database holds."""
    connection = connections[alias]
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        names = sorted(connection.introspection.table_names(cursor))
        tables = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {quoted(name)}")
            tables[name] = int(cursor.fetchone()[0])
        migrations: list[str] = []
        if "django_migrations" in tables:
            cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
            migrations = [f"{app}.{name}" for app, name in cursor.fetchall()]
        last = None
        if "audit_entry" in tables:
            cursor.execute("SELECT number, seal FROM audit_entry ORDER BY number DESC LIMIT 1")
            last = cursor.fetchone()
    entries, head = last or (0, FIRST)
    return Facts(tables, tuple(migrations), int(entries), str(head))


@contextmanager
def _alias(alias: str, **changed: Any) -> Iterator[None]:
    """Have another connection of the kind of the site's own while a block runs."""
    connections.settings[alias] = {**connections.settings["default"], **changed}
    try:
        yield
    finally:
        with suppress(DatabaseError):
            connections[alias].close()
        with suppress(AttributeError):
            del connections[alias]
        del connections.settings[alias]


class Sqlite:
    """A SQLite file. Its copy is a SQLite file."""

    name = "sqlite"

    @property
    def path(self) -> Path:
        """The file."""
        return Path(str(connections["default"].settings_dict["NAME"]))

    def dump(self, to: Path) -> Facts:
        """Write a copy, as the database is at one moment, and return what it holds then."""
        if not self.path.exists():
            raise _problem(str(self.path), "no such file", "a site that was served once")
        options = {"timeout": WAIT_S, "transaction_mode": "DEFERRED"}
        try:
            with _alias(SOURCE, OPTIONS=options), transaction.atomic(using=SOURCE):
                found = facts(SOURCE)
                _private(to)
                with closing(sqlite3.connect(to)) as copy:
                    connections[SOURCE].connection.backup(copy)
                    copy.execute("PRAGMA journal_mode=DELETE")
        except (DatabaseError, sqlite3.Error) as error:
            raise _problem(str(self.path), str(error), "a database that can be read") from None
        return found

    @contextmanager
    def opened(self, content: Path) -> Iterator[bool]:
        """Open a copy while a block runs, after it was found whole."""
        name = f"file:{quote(str(content))}?mode=ro&immutable=1"
        try:
            with _alias(COPY, NAME=name, OPTIONS={}):
                with connections[COPY].cursor() as cursor:
                    cursor.execute("PRAGMA trusted_schema=OFF")
                    cursor.execute("PRAGMA integrity_check(3)")
                    wrong = [row[0] for row in cursor.fetchall() if row[0] != "ok"]
                    cursor.execute("PRAGMA foreign_key_check")
                    wrong += [f"{row[0]} points nowhere" for row in cursor.fetchmany(3)]
                if wrong:
                    raise _problem("the copy", "; ".join(wrong)[:300], "a whole database")
                yield True
        except DatabaseError as error:
            raise _problem("the copy", str(error), "a whole database") from None

    def load(self, content: Path) -> None:
        """Put a copy in place of everything, in one transaction; a killed process leaves the old.

        Raises sqlite3.Error if what is there is no database that can be written to.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            self._put(content)
            return
        connections["default"].close()
        with (
            closing(sqlite3.connect(content)) as source,
            closing(sqlite3.connect(self.path, timeout=WAIT_S)) as live,
        ):
            live.execute("PRAGMA synchronous=FULL")
            source.backup(live)

    def users(self) -> int:
        """Return 0: a file does not know, and a served site says so by its lock."""
        return 0

    def orphaned(self) -> bool:
        """Say whether a log lies there without its file: SQLite would play it into another one."""
        return not self.path.exists() and any(file.exists() for file in self._files()[1:])

    def replace(self, content: Path, aside: Path) -> None:
        """Put a copy in place of what cannot be used, which is kept in the folder `aside`."""
        connections["default"].close()
        aside.mkdir(mode=0o700)
        for file in self._files():
            if file.exists():
                shutil.copy2(file, aside / file.name)
        for file in self._files()[1:]:
            file.unlink(missing_ok=True)
        self._put(content)

    def put_back(self, aside: Path | None) -> None:
        """Have again what is kept in a folder, or nothing."""
        connections["default"].close()
        for file in self._files():
            file.unlink(missing_ok=True)
            if aside and (aside / file.name).exists():
                shutil.copy2(aside / file.name, file)
        sync_folder(self.path.parent)

    def _files(self) -> list[Path]:
        return [Path(f"{self.path}{end}") for end in ("", "-wal", "-shm")]

    def _put(self, content: Path) -> None:
        """Move a whole file, perhaps from another disk, to where the database is."""
        near = self.path.with_name(f".{self.path.name}.new")
        shutil.move(content, near)
        with near.open("rb") as file:
            os.fsync(file.fileno())
        near.replace(self.path)
        sync_folder(self.path.parent)


class Postgres:
    """A database of a PostgreSQL server. Its copy is what `pg_dump` writes."""

    name = "postgresql"

    def dump(self, to: Path) -> Facts:
        """Write a copy, as the database is at one moment, and return what it holds then."""
        options = {**connections.settings["default"]["OPTIONS"], "isolation_level": 3}
        try:
            with _alias(SOURCE, OPTIONS=options), transaction.atomic(using=SOURCE):
                with connections[SOURCE].cursor() as cursor:
                    cursor.execute("SELECT pg_export_snapshot()")
                    moment = cursor.fetchone()[0]
                found = facts(SOURCE)
                _private(to)
                _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges",
                     f"--snapshot={moment}", f"--file={to}")  # fmt: skip
        except DatabaseError as error:
            raise _problem("the database", str(error), "one that can be read") from None
        return found

    @contextmanager
    def opened(self, content: Path) -> Iterator[bool]:
        """Open a copy in a database of its own while a block runs; False if none may be made."""
        name = f"{PREFIX}{datetime.now(UTC):%Y%m%d%H%M%S}_{secrets.token_hex(4)}"
        if not _made(name):
            _run("pg_restore", "--list", str(content), database=False)
            yield False
            return
        try:
            _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", str(content),
                 name=name)  # fmt: skip
            with _alias(COPY, NAME=name, CONN_MAX_AGE=0):
                yield True
        finally:
            _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def users(self) -> int:
        """Return how many others have this database open, as the same role."""
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND usename = current_user AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            return int(cursor.fetchone()[0])

    def load(self, content: Path) -> None:
        """Put a copy in place of everything, in one transaction."""
        first, then = content.with_suffix(".first.sql"), content.with_suffix(".sql")
        _private(first)
        first.write_text(_EMPTY, encoding="utf-8")
        _private(then)
        _run("pg_restore", "--no-owner", "--no-privileges", f"--file={then}", str(content),
             database=False)  # fmt: skip
        _run("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
             f"--file={first}", f"--file={then}")  # fmt: skip


_EMPTY = """
SET LOCAL lock_timeout = '60s';
DO $$
DECLARE found record;
BEGIN
  FOR found IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I.%I CASCADE', found.schemaname, found.tablename);
  END LOOP;
  FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc p
      WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', found.name);
  END LOOP;
END $$;
"""


def _run(program: str, *given: str, database: bool = True, name: str | None = None) -> None:
    """Run a program of PostgreSQL on the site's database, or on another of its server."""
    from psycopg.conninfo import make_conninfo

    found = shutil.which(program)
    if found is None:
        problem = Problem(
            program, "not found", "the client programs of PostgreSQL, as new as its server",
            "install them (on Debian: apt install postgresql-client) and put them on the PATH",
        )  # fmt: skip
        raise InputProblems("the programs of PostgreSQL", [problem])
    settings = connections.settings["default"]
    known = {k.lower(): settings[k] for k in ("USER", "HOST", "PORT") if settings[k]}
    target = make_conninfo(**known, dbname=name or settings["NAME"], **_plain(settings["OPTIONS"]))
    arguments = [f"--dbname={target}"] if database else []
    environ = {**os.environ, "LC_ALL": "C"}
    if settings["PASSWORD"]:
        environ["PGPASSWORD"] = settings["PASSWORD"]
    done = subprocess.run(  # noqa: S603
        [found, *arguments, *given], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        told = (done.stderr.strip() or f"exit code {done.returncode}")[-600:]
        raise _problem(program, told, "a copy that is whole")


def _plain(options: dict[str, Any]) -> dict[str, str]:
    """Return the options of a connection that a program of PostgreSQL takes too."""
    return {k: str(v) for k, v in options.items() if k not in ("isolation_level", "pool")}


def _made(name: str) -> bool:
    """Make a database to look at a copy in, and drop those that a killed process left."""
    before = f"{PREFIX}{datetime.now(UTC) - STALE:%Y%m%d%H%M%S}"
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        left = [row[0] for row in cursor.fetchall() if row[0] < before]
    try:
        for old in left:
            _execute(f'DROP DATABASE IF EXISTS "{old}"')
        _execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    except DatabaseError:
        return False
    return True


def _execute(statement: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement)


def _private(path: Path) -> None:
    """Make an empty file that its owner alone can read."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _problem(where: str, given: str, expected: str) -> InputProblems:
    fix = "see docs/how-to/deploy.md, Backups"
    return InputProblems("the copy", [Problem(where, given.strip()[:600], expected, fix)])
