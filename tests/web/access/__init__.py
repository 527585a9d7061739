"""Addresses with who gets in, part by part; `tests/web/test_access.py` tries them all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A route with what fills it in, what is sent to it, and who gets in."""

    name: str
    to: dict[str, str]
    who: str
    sent: dict[str, str] | None = None
    """What is posted; None: it is asked for."""


def at(name: str, who: str, sent: dict[str, str] | None = None, **to: str) -> Address:
    return Address(name, to, who, sent)
