"""The secret part of a feed's address: signed, and withdrawn by raising a counter.

Calendar programs cannot sign in, so whoever has the address reads the feed. It opens that one feed
and nothing else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable

FEWEST_SECRET = 32
"""Bytes of the secret: as many as the output of SHA-256 (RFC 2104, section 3)."""
LONGEST = 400
_PURPOSE = b"stepdown calendar feed 1"


def feed_token(secret: bytes, subject: str, counter: int = 0) -> str:
    """Return the token for a subject such as `person:ID`, for the counter that the record holds.

    Raises ValueError for a secret shorter than 32 bytes, an empty or overlong subject, or a
    negative counter.
    """
    if not 0 < len(subject.encode()) <= 200 or counter < 0:
        raise ValueError("a subject of 1 to 200 bytes and a counter of 0 or more")
    return f"{_text(subject.encode())}.{counter}.{_text(_seal(secret, subject, counter))}"


def check_feed_token(
    secret: bytes, token: str, counter_of: Callable[[str], int | None]
) -> str | None:
    """Return the subject of a token that is ours and still holds, else None.

    `counter_of` gives the counter that the record holds for a subject, None if there is no such
    subject; it is asked only for tokens that we signed.
    """
    parts = token.split(".") if len(token) <= LONGEST and token.isascii() else []
    if len(parts) != 3 or not parts[1].isdigit() or len(parts[1]) > 10:
        return None
    try:
        subject, seal = _bytes(parts[0]).decode(), _bytes(parts[2])
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    counter = int(parts[1])
    if not hmac.compare_digest(seal, _seal(secret, subject, counter)):
        return None
    if token != feed_token(secret, subject, counter):  # one spelling only
        return None
    return subject if counter_of(subject) == counter else None


def _seal(secret: bytes, subject: str, counter: int) -> bytes:
    if len(secret) < FEWEST_SECRET:
        raise ValueError(f"a secret of at least {FEWEST_SECRET} bytes")
    message = b"\0".join([_PURPOSE, str(counter).encode(), subject.encode()])
    return hmac.new(secret, message, hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
