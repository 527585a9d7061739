"""Where the records lie: a SQLite file, or a PostgreSQL server.

Rows are locked in one order, so that no two acts wait for each other: agencies, then people, then
what is theirs. They are locked with `select_for_update(no_key=True)`: rows that refer to one can be
written meanwhile, which would else lock it out of order. Only encounters that are erased are locked
against that, too: no turn is added to one while its words go.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        " PRAGMA recursive_triggers=ON;"
    ),
}
"""A turn is acknowledged when it is on the disk: FULL waits for it.

INSERT OR REPLACE deletes the row in its way; the triggers that keep rows see that only with
`recursive_triggers`.
"""


def database(url: str) -> dict[str, Any]:
    """Return Django's settings of the database that a URL names."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(url.removeprefix("sqlite:///")),
            "OPTIONS": dict(SQLITE),
        }
    from psycopg.conninfo import conninfo_to_dict

    known = {str(k): v for k, v in conninfo_to_dict(url).items()}
    name, user, password, host, port = (
        str(known.pop(key, "") or "") for key in ("dbname", "user", "password", "host", "port")
    )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name, "USER": user, "PASSWORD": password, "HOST": host, "PORT": port,
        "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": known,
    }  # fmt: skip
