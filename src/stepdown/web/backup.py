"""Copy the whole record into one file while the site runs, then open the copy and verify it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stepdown import __version__
from stepdown.problems import InputProblems, Problem
from stepdown.web import archive
from stepdown.web.archive import Facts, Manifest
from stepdown.web.audit.log import verify
from stepdown.web.copies import COPY, engine, facts, sync_folder
from stepdown.web.environment import Environment


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup that was opened: what it says of itself, and what is wrong with its audit log."""

    path: Path
    manifest: Manifest
    opened: bool
    """False where the server allows no second database: then only its checksum was verified."""
    broken: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the published shape."""
        return {
            "path": str(self.path), "manifest": asdict(self.manifest), "opened": self.opened,
            "broken": list(self.broken),
        }  # fmt: skip

    def told(self) -> str:
        """Return what is in it, in a sentence."""
        held = self.manifest.facts
        rows = sum(held.tables.values())
        how = "opened and counted" if self.opened else "its checksum verified (the database role" \
            " may make no second database, so it was not opened)"  # fmt: skip
        told = f"{rows:,} rows in {len(held.tables)} tables, {held.entries:,} audit entries; {how}."
        return " ".join([told, *(f"AUDIT LOG: {each}." for each in self.broken)])


def backup(site: Environment, to: Path, now: datetime | None = None) -> Checked:
    """Write a verified backup to a new file, or to one in a folder. Raises InputProblems.

    A name that ends in .zip is a file; any other is a folder, which is made. What is there stays.
    """
    now = now or datetime.now(UTC)
    try:
        path = _new_file(to, now)
        with _workplace(path) as (part, work):
            content = work / "database"
            database = engine()
            found = database.dump(content)
            manifest = Manifest(
                archive.FORMAT, __version__, database.name, now.isoformat(timespec="seconds"),
                found, content.stat().st_size, archive.digest(content),
            )  # fmt: skip
            archive.write(part, manifest, content, site.secret_key)
            content.unlink()
            checked = check(part, manifest, work)
            _spare(path)
            part.replace(path)
            sync_folder(path.parent)
    except OSError as error:
        told = error.strerror or str(error)
        problem = Problem(str(path), told, "a place with room", "name another folder, or make room")
        raise InputProblems("the backup", [problem]) from None
    return Checked(path, checked.manifest, checked.opened, checked.broken)


def check(path: Path, manifest: Manifest, work: Path) -> Checked:
    """Open a backup and compare all it holds with what it says. Raises InputProblems."""
    content = work / "opened"
    archive.extract(path, manifest, content)
    with engine().opened(content) as opened:
        broken: tuple[str, ...] = ()
        if opened:
            compare(path, manifest.facts, facts(COPY))
            if "audit_entry" in manifest.facts.tables:
                broken = verify(using=COPY).broken
    return Checked(path, manifest, opened, broken)


def compare(path: Path, said: Facts, held: Facts) -> None:
    """Raise InputProblems that name every table that holds other than it should."""
    names = sorted({*said.tables, *held.tables})
    wrong = [
        Problem(f"{path}: {name}", f"{held.tables.get(name, 'no')} rows",
                f"{said.tables.get(name, 'no')} rows", "use another backup")
        for name in names if said.tables.get(name) != held.tables.get(name)
    ]  # fmt: skip
    if said.migrations != held.migrations or (said.entries, said.head) != (held.entries, held.head):
        told = "other changes to the tables, or another end of the audit log"
        wrong.append(Problem(str(path), told, "those that it names", "use another backup"))
    if wrong:
        raise InputProblems("the backup", wrong)


@contextmanager
def _workplace(path: Path) -> Iterator[tuple[Path, Path]]:
    """Give a partial file beside `path` and a folder to work in; one backup to `path` at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            problem = Problem(
                str(path), "another backup to this file", "one at a time", "wait until it is done"
            )
            raise InputProblems("the backup", [problem]) from None
        with working(path.parent, f".{path.name}.work") as work:
            try:
                yield part, work
            finally:
                part.unlink(missing_ok=True)


@contextmanager
def working(folder: Path, name: str) -> Iterator[Path]:
    """Make an empty folder for its owner alone; what a killed process left there goes first."""
    work = folder / name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _new_file(to: Path, now: datetime) -> Path:
    """Return the file to write, in its folder. Raises InputProblems if something is there."""
    path = to
    if to.is_dir() or (to.suffix.lower() != ".zip" and not to.exists()):
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = to / f"stepdown-{now:%Y-%m-%dT%H%M%SZ}.zip"
    _spare(path)
    return path


def _spare(path: Path) -> None:
    if path.exists() or path.is_symlink():
        fix = "name another file, or a folder to put new files in"
        problem = Problem(
            str(path), "a file that is there already", "the name of a new backup", fix
        )
        raise InputProblems("the backup", [problem])
