"""How long work tells the shell that runs it what it is doing."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much is done and how much there is in all."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""
