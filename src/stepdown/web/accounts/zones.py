"""Time zones that an agency may be in, by region."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

USUAL = "UTC"
_NO_PLACE = ("Etc", "SystemV", "US", "Canada", "Brazil", "Chile", "Mexico")
"""Prefixes of names that stand for another one, or for no place."""


@cache
def regions() -> dict[str, tuple[str, ...]]:
    """Return the names of all zones by region, such as `America`, each in alphabetical order."""
    found: dict[str, list[str]] = {}
    for name in sorted(available_timezones()):
        region, _, rest = name.partition("/")
        if rest and region not in _NO_PLACE:
            found.setdefault(region, []).append(name)
    return {region: tuple(names) for region, names in found.items()}


def known(name: str) -> bool:
    """Say whether a name is that of a zone."""
    return name == USUAL or any(name in names for names in regions().values())
