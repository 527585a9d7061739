"""The settings of a site, read from the environment alone; everything wrong is said at once.

Every name may end in `_FILE`: then the value is the content of the file that it names.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from stepdown.encounter.crisis import crisis_line
from stepdown.problems import InputProblems, Problem
from stepdown.user_folder import user_folder
from stepdown.web.mail import EXPECTED, OWN_MACHINE, mail_of

Mode = Literal["site", "demo", "alone"]
MODES: tuple[Mode, ...] = ("site", "demo", "alone")
SHORTEST_KEY = 32

SETTINGS = {
    "STEPDOWN_MODE": "`site`, `demo` (invented people, a banner) or `alone` (one person, no"
    " account)",
    "STEPDOWN_SECRET_KEY": "signs sessions and links and encrypts sign-in secrets; 32 characters or"
    " more. `stepdown serve` makes one in the data folder; behind another server it must be given",
    "STEPDOWN_DATABASE_URL": "`sqlite:///path/to/file` or `postgresql://user@host/name`;"
    " a SQLite file in the data folder where not given",
    "STEPDOWN_HOSTS": "names under which the site is reached, separated by commas;"
    " `localhost,127.0.0.1,[::1]` where not given",
    "STEPDOWN_HTTPS": "`1` (the usual) where people reach the site by https, `0` on one's own"
    " machine",
    "STEPDOWN_PROXY": "`1` where a reverse proxy sets X-Forwarded-Proto and X-Forwarded-For",
    "STEPDOWN_HOME": "the folder for data; the user's own data folder where not given",
    "STEPDOWN_CRISIS_LINE": "where a person may turn, shown before every encounter",
    "STEPDOWN_EMAIL_URL": "`smtp://user:password@host:587` (STARTTLS), `smtps://...:465` (TLS from"
    " the start) or `smtp+plain://host:25` (neither), for links to a new password and reminders; no"
    " mail is sent where not given",
    "STEPDOWN_EMAIL_FROM": "the sender of mail",
    "STEPDOWN_OIDC_SERVER": "the issuer of an OpenID Connect single sign-on",
    "STEPDOWN_OIDC_CLIENT_ID": "the name by which that issuer knows this site",
    "STEPDOWN_OIDC_CLIENT_SECRET": "the secret shared with that issuer",
    "STEPDOWN_OIDC_NAME": "what the button says; `Single sign-on` where not given",
    "STEPDOWN_LOG_LEVEL": "`DEBUG`, `INFO` (the usual), `WARNING` or `ERROR`",
}
"""Every setting and what it does; `docs/reference/settings.md` is written from this."""

NEW_KEY = (
    "set it: of a site that has run before the key that it had, of a new one for instance to what"
    " this prints: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
)
OLD_KEY = (
    "set it to the key of the site that made the backup: it lay there in"
    " STEPDOWN_HOME/web/site/secret_key, or in the settings of its service; a new key opens no old"
    " backup"
)
SECRETS = ("STEPDOWN_SECRET_KEY", "STEPDOWN_DATABASE_URL", "STEPDOWN_EMAIL_URL",
           "STEPDOWN_OIDC_CLIENT_SECRET")  # fmt: skip
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class Oidc:
    """A single sign-on."""

    name: str
    server: str
    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings of one site."""

    mode: Mode
    home: Path
    secret_key: str
    database_url: str
    hosts: tuple[str, ...]
    https: bool
    proxy: bool
    crisis_line: str
    email_url: str
    email_from: str
    oidc: Oidc | None
    log_level: str

    def address(self, environ: Mapping[str, str]) -> str:
        """Return where people reach the site, as far as the settings say: else this machine."""
        said = any(environ.get(f"STEPDOWN_HOSTS{end}") for end in ("", "_FILE"))
        if not said:
            return "http://127.0.0.1:8000"
        return f"https://{self.hosts[0]}" if self.https else f"http://{self.hosts[0]}:8000"


def data_folder(mode: str, environ: Mapping[str, str]) -> Path:
    """Return where a site of this mode keeps its data: demo and alone never share a site's."""
    return user_folder(environ) / "web" / mode


def read_environment(environ: Mapping[str, str], *, restoring: bool = False) -> Environment:
    """Return the settings. Raises InputProblems that name everything wrong.

    restoring: what is needed is the key of the site that made the backup, not a new one.
    """
    wrong: list[Problem] = []
    given = _with_files(environ, wrong)
    mode = given.get("STEPDOWN_MODE", "site")
    if mode not in MODES:
        wrong.append(_problem("STEPDOWN_MODE", mode, "one of " + ", ".join(MODES)))
    home = data_folder(mode, environ)
    key = given.get("STEPDOWN_SECRET_KEY") or _kept_key(home)
    if len(key) < SHORTEST_KEY:
        fix = OLD_KEY if restoring else NEW_KEY
        if mode == "site" and _kept_key(data_folder("alone", environ)):
            fix += "; for what `serve --alone` keeps, set STEPDOWN_MODE=alone instead"
        told = "not given" if not key else f"{len(key)} characters"
        wrong.append(
            Problem("STEPDOWN_SECRET_KEY", told, f"{SHORTEST_KEY} characters or more", fix)
        )
    database = given.get("STEPDOWN_DATABASE_URL") or f"sqlite:///{home / 'stepdown.sqlite3'}"
    if urlsplit(database).scheme not in ("sqlite", "postgresql", "postgres"):
        wrong.append(_problem("STEPDOWN_DATABASE_URL", urlsplit(database).scheme + ":...",
                              "sqlite:///path or postgresql://..."))  # fmt: skip
    level = given.get("STEPDOWN_LOG_LEVEL", "INFO").upper()
    if level not in LEVELS:
        wrong.append(_problem("STEPDOWN_LOG_LEVEL", level, "one of " + ", ".join(LEVELS)))
    https = _switch(given, "STEPDOWN_HTTPS", True, wrong)
    proxy = _switch(given, "STEPDOWN_PROXY", False, wrong)
    oidc = _oidc(given, wrong)
    try:
        mail_of(given.get("STEPDOWN_EMAIL_URL", ""))
    except ValueError as error:
        wrong.append(_problem("STEPDOWN_EMAIL_URL", str(error), EXPECTED))
    if wrong:
        raise InputProblems("the settings of the site", wrong)
    hosts = given.get("STEPDOWN_HOSTS", "localhost,127.0.0.1,[::1]")
    return Environment(
        mode=mode, home=home, secret_key=key, database_url=database,  # type: ignore[arg-type]
        hosts=tuple(h.strip() for h in hosts.split(",") if h.strip()), https=https, proxy=proxy,
        crisis_line=crisis_line(given), email_url=given.get("STEPDOWN_EMAIL_URL", ""),
        email_from=given.get("STEPDOWN_EMAIL_FROM", "stepdown@localhost"), oidc=oidc,
        log_level=level,
    )  # fmt: skip


def keep_key(home: Path) -> None:
    """Make a secret key in the data folder, if there is none, readable by its owner alone."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "secret_key"
    if path.exists():
        return
    handle, new = tempfile.mkstemp(dir=home, prefix=".secret_key.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(handle)
        with suppress(FileExistsError):  # another start was quicker: its key stands
            path.hardlink_to(new)
    finally:
        Path(new).unlink(missing_ok=True)


def _kept_key(home: Path) -> str:
    try:
        return (home / "secret_key").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _with_files(environ: Mapping[str, str], wrong: list[Problem]) -> dict[str, str]:
    """Return the settings, those of `NAME_FILE` read from their files."""
    given = {name: environ[name] for name in SETTINGS if environ.get(name)}
    for name in SETTINGS:
        path = environ.get(f"{name}_FILE")
        if not path:
            continue
        if name in given:
            wrong.append(_problem(f"{name}_FILE", f"{name} as well", "one of the two"))
        try:
            given[name] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            told = getattr(error, "strerror", None) or "no text"
            wrong.append(_problem(f"{name}_FILE", f"{path}: {told}", "a file that can be read"))
    return given


def _switch(given: Mapping[str, str], name: str, usual: bool, wrong: list[Problem]) -> bool:
    value = given.get(name)
    if value not in (None, "0", "1"):
        wrong.append(_problem(name, str(value), "0 or 1"))
    return usual if value is None else value == "1"


def _oidc(given: Mapping[str, str], wrong: list[Problem]) -> Oidc | None:
    names = ("STEPDOWN_OIDC_SERVER", "STEPDOWN_OIDC_CLIENT_ID", "STEPDOWN_OIDC_CLIENT_SECRET")
    values = [given.get(name, "") for name in names]
    if not any(values):
        return None
    wrong += [
        _problem(name, "not given", "all three of " + ", ".join(names))
        for name, value in zip(names, values, strict=True)
        if not value
    ]
    server = urlsplit(values[0])
    if server.scheme != "https" and server.hostname not in OWN_MACHINE:
        wrong.append(_problem(names[0], values[0], "an address that begins with https://"))
    return Oidc(given.get("STEPDOWN_OIDC_NAME", "Single sign-on"), *values)


def _problem(where: str, given: str, expected: str) -> Problem:
    return Problem(
        where,
        given,
        expected,
        "see docs/how-to/deploy.md; `stepdown site check` says if all is well",
    )
