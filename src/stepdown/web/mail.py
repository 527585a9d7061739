"""How mail leaves the site: what `STEPDOWN_EMAIL_URL` means."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

EXPECTED = "smtp://user:password@host:587, smtps://user:password@host:465 or smtp+plain://host:25"
OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


@dataclass(frozen=True, slots=True)
class Mail:
    """The server that takes mail, and whether TLS begins at once or after a first word."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    tls: bool


def mail_of(url: str) -> Mail | None:
    """Return what a URL means, None where no mail is sent. Raises ValueError, without the URL.

    `smtp` begins TLS before anything is said (on one's own machine there is none), `smtps` speaks
    TLS from the start, `smtp+plain` never does, and takes no password.
    """
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError("a port that is no number from 1 to 65535") from error
    if parts.scheme not in PORTS:
        raise ValueError(f"{parts.scheme or 'no scheme'}:...")
    if not parts.hostname:
        raise ValueError("no host")
    own = parts.hostname in OWN_MACHINE
    if parts.scheme == "smtp+plain" and parts.password and not own:
        raise ValueError("a password that would be sent in the clear")
    return Mail(
        host=parts.hostname, port=port or PORTS[parts.scheme],
        user=unquote(parts.username or ""), password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp" and not own, tls=parts.scheme == "smtps",
    )  # fmt: skip
