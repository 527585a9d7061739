"""A file is written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from stepdown.problems import InputProblems, Problem


def check_folder(folder: Path) -> None:
    """Make a folder if needed, and raise InputProblems now if nothing could be written there."""
    probe = write_whole(folder / ".stepdown-can-write", b"")
    probe.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> Path:
    """Write `content` to `path`, making its folder, and return `path`.

    Whoever reads `path` at any moment finds the old file or the new one. Raises InputProblems when
    the place cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(partial).chmod(0o644)
            Path(partial).replace(path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
    except OSError as error:
        problem = Problem(
            str(path),
            error.strerror or str(error),
            "a folder that can be written to",
            "name another folder, or make room and check its permissions",
        )
        raise InputProblems(path.name, [problem]) from None
    return path
