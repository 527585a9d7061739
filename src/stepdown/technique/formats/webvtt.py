"""WebVTT → cues. https://www.w3.org/TR/webvtt1/"""

from __future__ import annotations

import re

from stepdown.technique.formats.captions import Caption, captions_of
from stepdown.technique.formats.cue import Script
from stepdown.technique.formats.voices import spoken

# Word by word times, as YouTube's recogniser writes them: its captions roll, so that every line
# is shown a second time as the first line of the next caption.
_ROLLING = re.compile(r"<\d\d:\d\d:\d\d\.\d{3}><c>")
_TAG = re.compile(r"<[^<>]*>")


def read_webvtt(text: str, name: str) -> Script:
    """Read WebVTT. Voice tags and `NAME:` name speakers; styles, regions and notes are skipped.

    Raises InputProblems with every caption whose times cannot be.
    """
    captions, notes = captions_of(text, name)
    if _ROLLING.search(text):
        repeated = _unroll(captions)
        notes.append(f"Rolling captions: {repeated:,} lines shown a second time were left out.")
    return Script(tuple(spoken(captions)), captions=True, notes=tuple(notes))


def _unroll(captions: list[Caption]) -> int:
    """Take out first lines that were shown already, and say how many."""
    repeated = 0
    shown = ""
    for caption in captions:
        bare = [_TAG.sub("", line).strip() for line in caption.lines]
        if bare and bare[0] and bare[0] == shown:
            caption.lines = caption.lines[1:]
            repeated += 1
        shown = next((line for line in reversed(bare) if line), shown)
    return repeated
