"""What is dear to make is made once, even when several threads ask for it at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cache, wraps
from threading import RLock
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")


def kept(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """Return `make`, keeping what it made for each set of arguments; other threads wait for it."""
    remembered: Callable[..., Made] = cache(make)
    lock = RLock()

    @wraps(make)
    def found(*args: Given.args, **named: Given.kwargs) -> Made:
        arguments: tuple[Hashable, ...] = args  # as functools.cache needs them
        with lock:
            return remembered(*arguments, **named)

    return found
