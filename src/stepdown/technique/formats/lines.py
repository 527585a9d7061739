"""A text → its lines, numbered as an editor numbers them."""

from __future__ import annotations

import re

_END = re.compile(r"\r\n|\r|\n")


def lines_of(text: str) -> list[str]:
    """Split at line ends only; str.splitlines also splits at characters that stand in texts."""
    return _END.split(text)
