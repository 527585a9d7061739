"""The file of a backup: a zip that holds the database and a sealed account of what is in it."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import TypeAdapter, ValidationError

from stepdown.problems import InputProblems, Problem

FORMAT = 1
ACCOUNT, CONTENT = "manifest.json", "database"
LARGEST_ACCOUNT = 4 * 1024 * 1024
CHUNK = 1024 * 1024
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError,
              RuntimeError)  # fmt: skip
"""What reading a zip raises when it is none, is cut off, encrypted, or was edited."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database holds: rows by table, the changes made to its tables, the audit log's end."""

    tables: dict[str, int]
    migrations: tuple[str, ...]
    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    version: str
    engine: str
    made_at: str
    facts: Facts
    size: int
    sha256: str


def write(path: Path, manifest: Manifest, content: Path, key: str) -> None:
    """Write a backup to an open place of one's own, and wait until it is on the disk."""
    packed = zipfile.ZIP_DEFLATED if manifest.engine == "sqlite" else zipfile.ZIP_STORED
    account = json.dumps(
        {"manifest": asdict(manifest), "seal": seal(manifest, key)}, indent=1, sort_keys=True
    )
    with path.open("r+b") as file:
        file.truncate()
        with zipfile.ZipFile(file, "w", packed, allowZip64=True) as archive:
            archive.writestr(ACCOUNT, account)
            archive.write(content, CONTENT)
        file.flush()
        os.fsync(file.fileno())


def read(path: Path, key: str, *, other_key: bool = False) -> Manifest:
    """Return what a backup says of itself, if nobody changed it. Raises InputProblems."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist()]
            if sorted(names) != sorted((ACCOUNT, CONTENT)):
                raise _refused(path, ", ".join(names)[:200], "a backup, which holds two parts")
            if archive.getinfo(ACCOUNT).file_size > LARGEST_ACCOUNT:
                raise _refused(path, "a very long account of itself", "a short one")
            document = json.loads(archive.read(ACCOUNT))
            size = archive.getinfo(CONTENT).file_size
    except (KeyError, RecursionError, *UNREADABLE) as error:
        raise _refused(path, str(error)[:200], "a whole backup") from None
    except OSError as error:
        raise _refused(path, error.strerror or str(error), "a file that can be read") from None
    manifest = _manifest(path, document)
    if size != manifest.size:
        raise _refused(path, f"{size:,} bytes of content", f"{manifest.size:,}, as it says")
    sealed = str(document.get("seal", ""))
    if not other_key and not hmac.compare_digest(sealed, seal(manifest, key)):
        problem = Problem(
            str(path), "its seal does not fit", "a backup sealed with this site's secret key",
            "give the STEPDOWN_SECRET_KEY of the site that made it; if that key is lost and you"
            " trust the file: --other-key (second factors must then be set up again)",
        )  # fmt: skip
        raise InputProblems("the backup", [problem])
    return manifest


def _manifest(path: Path, document: Any) -> Manifest:
    given = document.get("manifest") if isinstance(document, dict) else None
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        told = given.get("format") if isinstance(given, dict) else "no manifest"
        raise _refused(path, str(told)[:80], f"a backup of format {FORMAT}")
    try:
        return TypeAdapter(Manifest).validate_python(given)
    except ValidationError as error:
        raise _refused(path, str(error.errors()[0]["loc"]), "a whole manifest") from None


def extract(path: Path, manifest: Manifest, to: Path) -> None:
    """Write the database of a backup to a new file. Raises InputProblems if it is not whole."""
    free = shutil.disk_usage(to.parent).free
    if manifest.size > free:
        told = f"{free:,} bytes are free"
        raise _refused(path, told, f"{manifest.size:,} to open it", "make room, then try again")
    hashed = hashlib.sha256()
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with (
            os.fdopen(handle, "wb") as file,
            zipfile.ZipFile(path) as archive,
            archive.open(CONTENT) as source,
        ):
            _copied(source, file, hashed, manifest.size)
            file.flush()
            os.fsync(file.fileno())
    except UNREADABLE as error:
        raise _refused(path, str(error)[:200], "a whole backup") from None
    if hashed.hexdigest() != manifest.sha256:
        raise _refused(path, "content that was changed", "the content that was sealed")


def _copied(source: IO[bytes], to: IO[bytes], hashed: Any, most: int) -> None:
    while chunk := source.read(min(CHUNK, most + 1)):
        most -= len(chunk)
        if most < 0:
            raise ValueError("more content than it says")
        hashed.update(chunk)
        to.write(chunk)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(manifest: Manifest, key: str) -> str:
    """Return the seal of a manifest, which only whoever has the site's key can make."""
    own = hashlib.sha256(b"stepdown backup" + key.encode()).digest()
    text = json.dumps(asdict(manifest), sort_keys=True, separators=(",", ":"))
    return hmac.new(own, text.encode(), hashlib.sha256).hexdigest()


def _refused(path: Path, given: str, expected: str, fix: str = "use another backup") -> Any:
    return InputProblems("the backup", [Problem(str(path), given, expected, fix)])
