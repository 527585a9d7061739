"""The code on the wall: who types it within a few minutes was in the room."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

LETTERS = "CDFGHJKMNPQRTWXY34679"
"""No letter looks like another or like a digit, and none is a vowel, so that no words come out."""
LENGTH = 6
MINUTES = 5
LEAST_SECRET = 16
_PURPOSE = b"stepdown attendance 1"


def window_of(now: datetime, minutes: int = MINUTES) -> int:
    """Return the number of the window of so many minutes that a moment lies in.

    Raises ValueError for a time without a time zone.
    """
    if now.utcoffset() is None:
        raise ValueError("a time with its time zone is needed")
    return int(now.timestamp() // (60 * minutes))


def wall_code(secret: bytes, session: str, window: int) -> str:
    """Return the six characters shown for a session in a window.

    HMAC-SHA-256 (RFC 2104) of session and window; 21 to the power of 6 codes, so that limits on
    tries must hold off guessing. Raises ValueError for a secret under 16 bytes.
    """
    if len(secret) < LEAST_SECRET:
        raise ValueError(f"a secret of at least {LEAST_SECRET} bytes is needed")
    said = b"\0".join((_PURPOSE, session.encode("utf-8", "surrogatepass"), str(window).encode()))
    number = int.from_bytes(hmac.new(secret, said, hashlib.sha256).digest())
    code = ""
    for _ in range(LENGTH):
        number, letter = divmod(number, len(LETTERS))
        code += LETTERS[letter]
    return code


def code_holds(
    secret: bytes, session: str, entered: str, now: datetime, minutes: int = MINUTES
) -> bool:
    """Say whether what was typed is the code of this window or of the one before.

    Capitals, spaces and hyphens do not matter. Takes as long for a wrong code as for a right one.
    """
    typed = "".join(entered.split()).replace("-", "").upper().encode("utf-8", "surrogatepass")
    window = window_of(now, minutes)
    held = [
        hmac.compare_digest(typed, wall_code(secret, session, shown).encode())
        for shown in (window, window - 1)
    ]
    return any(held)
