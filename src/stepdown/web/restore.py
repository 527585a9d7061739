"""Bring a record back from a backup, after verifying it; what was there is kept aside."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from stepdown.problems import InputProblems, Problem
from stepdown.web import archive
from stepdown.web.archive import Manifest
from stepdown.web.audit.log import note
from stepdown.web.backup import Checked, backup, check, compare, working
from stepdown.web.copies import Sqlite, engine, facts
from stepdown.web.environment import Environment
from stepdown.web.policy import Actor
from stepdown.web.serving import unserved
from stepdown.web.setup import make_folder, migrate, one_at_a_time, reach


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done, or would be."""

    checked: Checked
    held: int
    """People in the record that was there before."""
    aside: Path | None
    """Where that record is kept."""
    done: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the published shape."""
        return {
            **self.checked.as_dict(), "held": self.held, "done": self.done,
            "aside": str(self.aside) if self.aside else None,
        }  # fmt: skip

    def told(self) -> list[str]:
        """Return what happened, line by line."""
        manifest = self.checked.manifest
        lines = [f"Verified: {self.checked.path}, made {manifest.made_at} by {manifest.version}."]
        lines.append(self.checked.told())
        if not self.done:
            kept = f"a record of {_people(self.held)}, kept aside first"
            there = kept if self.held else "nothing"
            return [*lines, f"It would take the place of {there}. Nothing was changed."]
        if self.aside:
            lines.append(f"What was there before is kept: {self.aside}")
        return [*lines, "Restored, opened and counted. Everybody is signed out; links that were not"
                " used, keys for the API and addresses of calendars end: people find a new one"
                " under Your calendar. Start the site again."]  # fmt: skip


def restore(
    site: Environment, path: Path, *, dry_run: bool = False, force: bool = False,
    other_key: bool = False, now: datetime | None = None,
) -> Restored:  # fmt: skip
    """Verify a backup, keep aside what is there, and put the backup in its place.

    A process that is killed on the way leaves what was there. The site must not be served. What
    was put in place is opened and counted; if it is not what the backup says, what was there
    before comes back. Raises InputProblems.
    """
    now = now or datetime.now(UTC)
    manifest = archive.read(path, site.secret_key, other_key=other_key)
    _fits(path, manifest)
    make_folder(site.home)
    with nullcontext() if dry_run else unserved(site.home):
        with one_at_a_time(site), working(site.home, ".restore.work") as work:
            checked = check(path, manifest, work)
            held, whole = _held()
            _allowed(path, checked, held, whole=whole, force=force or dry_run)
            if dry_run:
                return Restored(checked, held, None, done=False)
            before = _set_aside(site, work, now, held=held, whole=whole)
            _put(checked, work / "opened", before)
        migrate(site)
        _noted(manifest, before, now)
    return Restored(checked, held, before.aside, done=True)


@dataclass(frozen=True, slots=True)
class _Before:
    """What was there: where it is kept, the end of its audit log, and how it is put back."""

    put: Callable[[Path], None]
    back: Callable[[], None]
    aside: Path | None = None
    head: str = ""


def _set_aside(
    site: Environment, work: Path, now: datetime, *, held: int, whole: bool
) -> _Before:  # fmt: skip
    """Keep what is there, and say how a copy takes its place."""
    database = engine()
    stamp = f"before-restore-{now:%Y-%m-%dT%H%M%SZ}"
    if isinstance(database, Sqlite):
        if not whole or database.orphaned():
            aside = site.home / (f"{stamp}-leftover" if whole else f"{stamp}-damaged")
            return _Before(
                lambda content: database.replace(content, aside),
                lambda: database.put_back(aside), aside,
            )  # fmt: skip
        if not database.path.exists():
            return _Before(database.load, lambda: database.put_back(None))
    old = work / "before"
    if not held:
        database.dump(old)
        return _Before(database.load, lambda: database.load(old))
    kept = backup(site, site.home / f"{stamp}.zip", now)

    def back() -> None:
        archive.extract(kept.path, kept.manifest, old)
        database.load(old)

    return _Before(database.load, back, kept.path, kept.manifest.facts.head)


def _put(checked: Checked, content: Path, before: _Before) -> None:
    """Put a copy in place, open it there, and count; what is not as it says is undone."""
    try:
        before.put(content)
    except sqlite3.Error as error:
        problem = Problem("the database", str(error), "one that can be written to now",
                          "stop the site, make room, and try again")  # fmt: skip
        raise InputProblems("the restore", [problem]) from None
    try:
        if isinstance(engine(), Sqlite):
            connection.close()
            _intact()
        compare(checked.path, checked.manifest.facts, facts("default"))
    except (DatabaseError, InputProblems) as error:
        before.back()
        problem = Problem("the database", str(error)[:600], "what the backup says it holds",
                          "what was there before is back; try again")  # fmt: skip
        raise InputProblems("the restore", [problem]) from None


def _intact() -> None:
    """Raise DatabaseError if a SQLite file is not whole."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(1)")
        told = str(cursor.fetchone()[0])
    if told != "ok":
        raise DatabaseError(told)


def _noted(manifest: Manifest, before: _Before, now: datetime) -> None:
    """End what may have been ended since the backup, and leave a trace in the audit log."""
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    from stepdown.web.accounts.models import OneTimeLink, Token
    from stepdown.web.records import feeds
    from stepdown.web.records.models import Feed

    with transaction.atomic():
        Session.objects.all().delete()
        UserSession.objects.all().delete()
        Token.objects.all().delete()
        OneTimeLink.objects.filter(used_at=None).update(used_at=now)
        feeds.withdraw(Feed.objects.all(), now + feeds.AHEAD)
        detail = {"made_at": manifest.made_at, "head": manifest.facts.head, "replaced": before.head}
        note(Actor(), "restored", "site", detail=detail, now=now)


def _held() -> tuple[int, bool]:
    """Return how many people the record has that is there, and whether it can be read at all."""
    from stepdown.web.accounts.models import Person

    database = engine()
    if isinstance(database, Sqlite) and not database.path.exists():
        return 0, True
    try:
        if Person._meta.db_table not in connection.introspection.table_names():
            return 0, True
        if isinstance(database, Sqlite):
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA quick_check(1)")
                if cursor.fetchone()[0] != "ok":
                    return 0, False
        return Person.objects.count(), True
    except DatabaseError:
        if isinstance(database, Sqlite):
            return 0, False
        reach()
        raise


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count} people"


def _fits(path: Path, manifest: Manifest) -> None:
    """Refuse a backup of another engine, or of a newer version."""
    wrong = []
    if manifest.engine != engine().name:
        wrong.append(Problem(
            str(path), manifest.engine, f"a backup of {engine().name}, as STEPDOWN_DATABASE_URL"
            " says", "set STEPDOWN_DATABASE_URL to a database of that kind",
        ))  # fmt: skip
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = [name for name in manifest.facts.migrations if name not in known]
    if newer:
        wrong.append(Problem(
            str(path), f"made by version {manifest.version}, which is newer: {newer[0]}",
            "a backup of this version or an older one", "install that version, then restore",
        ))  # fmt: skip
    if wrong:
        raise InputProblems("the backup", wrong)


def _allowed(path: Path, checked: Checked, held: int, *, whole: bool, force: bool) -> None:
    """Refuse to take the place of something, or to bring back a broken log, unless told so."""
    wrong = []
    if held:
        fix = "--force keeps it aside and puts the backup in its place"
        wrong.append(Problem("the site", f"holds a record of {_people(held)}", "nothing yet", fix))
    if not whole:
        wrong.append(Problem("the site", "holds a database that is damaged", "nothing yet",
                             "--force keeps its files aside"))  # fmt: skip
    wrong += [
        Problem(f"{path}: audit log", each, "an unbroken chain", "--force brings it back as it is")
        for each in checked.broken
    ]
    if wrong and not force:
        raise InputProblems("the restore", wrong)
