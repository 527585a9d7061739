"""Cues → turns: the captions of one speaker belong together, and names are one however written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from stepdown.technique.formats.cue import Cue, Script

JOIN_GAP = 2.0
"""Seconds. Captions are cut every few seconds, pause or not. Jefferson 1989 found about 1 s to be
the longest usual silence in talk; after twice that (assumed) a new turn begins."""

NULLS = "null bytes removed"
OVERLAPS = "overlaps the turn before"
BACKWARDS = "starts before the turn before"
UNNAMED = "speaker not named"
DAMAGED = "damaged characters"
VERY_LONG_WORDS = 400

# Characters of control and broken halves of characters; those that are white space stay.
_UNSPOKEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff]")
_HALF = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return text on one line: white space single, control characters and broken halves gone."""
    return " ".join(_HALF.sub("\ufffd", _UNSPOKEN.sub("", text)).split())


def joined(script: Script) -> tuple[list[Cue], list[str]]:
    """Give the turns of a script as cues without empty ones, and notes for the reader.

    Times that overlap or run backwards are kept and flagged.
    """
    cues = _cleaned(script.cues)
    filled = [cue for cue in cues if cue.text or cue.changed]
    filled = _one_spelling(filled)
    turns = _join(filled) if script.captions else filled
    turns = [turn for turn in turns if turn.text]
    named = any(turn.speaker for turn in turns)
    notes = [*script.notes, *_notes(sum(not cue.text for cue in cues), turns, named)]
    return _flagged(turns, named), notes


def _cleaned(cues: Sequence[Cue]) -> list[Cue]:
    found = []
    for cue in cues:
        flags = (*cue.flags, NULLS) if "\0" in cue.text else cue.flags
        flags = (*flags, DAMAGED) if "\ufffd" in cue.text else flags
        speaker = clean(cue.speaker) if cue.speaker else ""
        found.append(replace(cue, text=clean(cue.text), speaker=speaker or None, flags=flags))
    return found


def _one_spelling(cues: Sequence[Cue]) -> list[Cue]:
    """Give every speaker the first spelling of the name."""
    first: dict[str, str] = {}
    for cue in cues:
        if cue.speaker is not None:
            first.setdefault(_identity(cue.speaker), cue.speaker)
    return [
        replace(cue, speaker=first[_identity(cue.speaker)]) if cue.speaker else cue for cue in cues
    ]


def _identity(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _join(cues: Sequence[Cue]) -> list[Cue]:
    """Join neighbours of one speaker; a caption that names nobody goes on with the one before.

    In a file that tells no speakers apart nothing is joined, or all would become one turn.
    """
    if not any(cue.speaker or cue.changed for cue in cues):
        return list(cues)
    turns: list[Cue] = []
    for cue in cues:
        if turns and _goes_on(turns[-1], cue):
            turns[-1] = _together(turns[-1], cue)
        else:
            turns.append(cue)
    return turns


def _goes_on(turn: Cue, cue: Cue) -> bool:
    if cue.changed or (cue.speaker is not None and cue.speaker != turn.speaker):
        return False
    if turn.end is None or cue.start is None:
        return False
    before = turn.start is not None and cue.start < turn.start
    return not before and cue.start - turn.end < JOIN_GAP


def _together(turn: Cue, cue: Cue) -> Cue:
    ends = [end for end in (turn.end, cue.end) if end is not None]
    return replace(
        turn,
        text=f"{turn.text} {cue.text}".strip(),
        end=max(ends) if cue.end is not None else None,
        flags=tuple(dict.fromkeys([*turn.flags, *cue.flags])),
    )


def _flagged(turns: Sequence[Cue], named: bool) -> list[Cue]:
    found: list[Cue] = []
    for n, turn in enumerate(turns):
        flags = list(turn.flags)
        flags += _time_flags(turns[n - 1], turn) if n else []
        words = len(turn.text.split())
        if words > VERY_LONG_WORDS:
            flags.append(f"very long: {words:,} words")
        if named and turn.speaker is None:
            flags.append(UNNAMED)
        found.append(replace(turn, flags=tuple(dict.fromkeys(flags))))
    return found


def _time_flags(before: Cue, turn: Cue) -> list[str]:
    if turn.start is None:
        return []
    if before.start is not None and turn.start < before.start:
        return [BACKWARDS]
    return [OVERLAPS] if before.end is not None and turn.start < before.end else []


def _notes(empty: int, turns: Sequence[Cue], named: bool) -> list[str]:
    notes = []
    if empty:
        count = "1 empty turn was" if empty == 1 else f"{empty:,} empty turns were"
        notes.append(f"{count} left out.")
    if turns and not named:
        notes.append(
            "No speaker is named, so nobody can be told apart. To name them, write 'NAME: ' before "
            "what each one says, or add a column 'speaker' to a table."
        )
    return notes
