"""Where this person's own data lie on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_data_path

HOME = "STEPDOWN_HOME"
"""Environment variable that names another folder."""


def user_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder for what a user adds; it may not exist yet."""
    given = environ.get(HOME)
    return Path(given) if given else user_data_path("stepdown", appauthor=False)
