"""The words that scenario files use for bands of arousal, occasions and endings."""

from __future__ import annotations

import re
from typing import Literal

Band = Literal["settled", "tense", "high", "peak"]
BANDS: tuple[Band, ...] = ("settled", "tense", "high", "peak")
HOLE = re.compile(r"\{(\w*)\}")
"""A place in a text that the cast fills."""

REACTS = (
    "start", "silence", "question", "listening", "respect", "offer", "advice", "pressure",
    "information", "help", "limit", "nothing", "unclear", "repeat", "interrupt", "suicide",
    "move", "space", "bearing", "voice", "environment", "people", "call",
    "outburst", "approach", "any",
)  # fmt: skip
ENDINGS = (
    "consent", "contained", "disengaged", "others_safe", "force", "flight", "self_harm", "attack",
    "time",
)  # fmt: skip
