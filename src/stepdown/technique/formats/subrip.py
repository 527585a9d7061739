"""SubRip (.srt) → cues."""

from __future__ import annotations

from stepdown.technique.formats.captions import captions_of
from stepdown.technique.formats.cue import Script
from stepdown.technique.formats.voices import spoken


def read_subrip(text: str, name: str) -> Script:
    """Read SubRip. `NAME:` names speakers, `>>` and a dash mark a change; markup is stripped.

    Raises InputProblems with every caption whose times cannot be.
    """
    captions, notes = captions_of(text, name)
    return Script(tuple(spoken(captions)), captions=True, notes=tuple(notes))
