"""Where somebody may turn if an encounter touches something in them."""

from __future__ import annotations

from collections.abc import Mapping

CRISIS_LINE = (
    "If this touches something in you, stop and talk to somebody. United States: call or text 988. "
    "Britain and Ireland: 116 123. Elsewhere: findahelpline.com."
)


def crisis_line(environ: Mapping[str, str]) -> str:
    """Return the crisis line of this machine or site."""
    return environ.get("STEPDOWN_CRISIS_LINE") or CRISIS_LINE
