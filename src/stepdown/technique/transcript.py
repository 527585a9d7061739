"""A transcript file → turns: who said what, and when."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stepdown.problems import InputProblems, Problem
from stepdown.technique.formats.cue import Script
from stepdown.technique.formats.plain import read_plain
from stepdown.technique.formats.source import read_source
from stepdown.technique.formats.subrip import read_subrip
from stepdown.technique.formats.table import looks_like_table, read_table
from stepdown.technique.formats.webvtt import read_webvtt
from stepdown.technique.formats.whisper import read_whisper
from stepdown.technique.joining import joined

_CAPTIONS = re.compile(r"\s*(?:\d+\s+)?\d[\d:.,]*\s+-->\s+\d")
_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*[{\]])')


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said without a change of speaker.

    `speaker` is "" where the file names nobody. Times are seconds from the start of the recording,
    None where unknown. `flags` say what is doubtful, such as "overlaps the turn before".
    """

    speaker: str
    text: str
    start: float | None
    end: float | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """The turns of one file in its order, and what had to be assumed to read it."""

    turns: tuple[Turn, ...]
    notes: tuple[str, ...] = ()


def read_transcript(path: Path) -> Transcript:
    """Read WebVTT, SubRip, CSV or TSV, Whisper JSON, or plain text with `NAME: ` before each turn.

    The content decides which, then the ending of the name. Nothing that was said is left out, and
    names are one however they are spelled. Raises InputProblems with all that is wrong.
    """
    source = read_source(path)
    script = _reader(path.suffix.lower(), source.text)(source.text, path.name)
    cues, notes = joined(script)
    if not cues:
        problem = Problem(str(path), "no words", "what was said", "check that the export finished")
        raise InputProblems(path.name, [problem])
    turns = tuple(Turn(c.speaker or "", c.text, c.start, c.end, c.flags) for c in cues)
    return Transcript(turns, (*source.notes, *notes))


def _reader(suffix: str, text: str) -> Callable[[str, str], Script]:
    if re.match(r"WEBVTT(\s|$)", text):
        return read_webvtt
    if _CAPTIONS.match(text):
        return read_webvtt if suffix == ".vtt" else read_subrip
    if _JSON.match(text):
        return read_whisper
    by_suffix = {
        ".vtt": read_webvtt,
        ".srt": read_subrip,
        ".json": read_whisper,
        ".csv": read_table,
        ".tsv": read_table,
        ".tab": read_table,
    }
    if suffix in by_suffix:
        return by_suffix[suffix]
    return read_table if looks_like_table(text) else read_plain
