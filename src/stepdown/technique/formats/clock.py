"""Written times → seconds."""

from __future__ import annotations

import math
import re

_CLOCK = re.compile(r"(-?)(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,9}))?", re.ASCII)
_SECONDS = re.compile(r"-?(?:\d{1,9}(?:[.,]\d*)?|[.,]\d+)", re.ASCII)


def clock_seconds(text: str) -> float | None:
    """Read `h:mm:ss`, `mm:ss` or `mm:ss.fff` (comma or point); None for anything else."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    sign, hours, minutes, seconds, part = found.groups()
    if int(seconds) > 59 or (hours is not None and int(minutes) > 59):
        return None
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    total = whole + int(part or 0) / 10.0 ** len(part or "")
    return -total if sign else total


def seconds(text: str) -> float | None:
    """Read a clock time or plain seconds (`75`, `75.5`); None for anything else."""
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return float(text.replace(",", "."))
    return clock_seconds(text)


def finite(value: object) -> float | None:
    """Read a JSON number as seconds; None if it is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
