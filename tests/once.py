"""What is made once for a whole test run, whichever of its processes asks first."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

Made = TypeVar("Made")


def once(base: Path, name: str, make: Callable[[Path], Made]) -> Made:
    """Return what `make` makes, given an empty folder to keep files in.

    `base` is pytest's folder of temporary files. Each process has its own, beside the others'.
    """
    together = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    kept = together / f"{name}.pickle"
    with FileLock(together / f"{name}.lock"):
        if not kept.exists():
            folder = together / name
            folder.mkdir()
            kept.write_bytes(pickle.dumps(make(folder)))
        made: Made = pickle.loads(kept.read_bytes())
    return made
