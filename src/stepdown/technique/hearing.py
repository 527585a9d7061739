"""A whole transcript heard: every turn coded, every speaker measured, the moments chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from stepdown.problems import InputProblems, Problem
from stepdown.progress import Progress, silent
from stepdown.technique.coder import Coder
from stepdown.technique.coding import Coding
from stepdown.technique.conversation import Conversation, conversation
from stepdown.technique.moments import Moment, moments
from stepdown.technique.profile import FEWEST_TURNS, Heard, Profile, profile
from stepdown.technique.said_before import said_before
from stepdown.technique.transcript import Transcript, Turn

AT_ONCE = 128
REACH = 20


@dataclass(frozen=True, slots=True)
class Speaker:
    """One speaker: how they took part, and their technique if there were at least 10 turns."""

    conversation: Conversation
    profile: Profile | None


@dataclass(frozen=True, slots=True)
class Hearing:
    """A transcript with a coding for each turn that was coded (None for the others)."""

    turns: tuple[Turn, ...]
    codings: tuple[Coding | None, ...]
    speakers: dict[str, Speaker]
    moments: tuple[Moment, ...]
    notes: tuple[str, ...]
    coder: str

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, for `--json`."""
        return {
            "coder": self.coder,
            "notes": list(self.notes),
            "turns": [
                _turn(turn, coding) for turn, coding in zip(self.turns, self.codings, strict=True)
            ],
            "speakers": {name: _speaker(speaker) for name, speaker in self.speakers.items()},
            "moments": [asdict(m) for m in self.moments],
        }


def _turn(turn: Turn, coding: Coding | None) -> dict[str, Any]:
    return {
        "speaker": turn.speaker,
        "start": turn.start,
        "end": turn.end,
        "text": turn.text,
        "labels": list(coding.labels) if coding else [],
        "unsure": list(coding.unsure) if coding else [],
        "probabilities": dict(coding.probabilities) if coding else {},
        "why": {c: list(coding.why(c)) for c in coding.labels} if coding else {},
        "score": coding.score if coding else None,
        "flags": list(dict.fromkeys([*turn.flags, *(coding.flags if coding else ())])),
    }


def _speaker(speaker: Speaker) -> dict[str, Any]:
    measured = asdict(speaker.conversation)
    rates = speaker.profile
    return {
        "turns": measured.pop("turns"),
        "profile": {c: asdict(r) for c, r in rates.technique.items()} if rates else None,
        "risk": {c: asdict(r) for c, r in rates.risk.items()} if rates else None,
        "conversation": measured,
    }


def hear(
    transcript: Transcript, coder: Coder, speaker: str | None = None, report: Progress = silent
) -> Hearing:
    """Code a transcript: every turn, or those of one speaker. The name's case does not matter.

    Raises InputProblems for a speaker who is not in the transcript.
    """
    turns = transcript.turns
    only = known_speaker(turns, speaker) if speaker is not None else None
    coded = [n for n, turn in enumerate(turns) if only is None or turn.speaker == only]
    before = _before(turns)
    codings: list[Coding | None] = [None] * len(turns)
    for start in range(0, len(coded), AT_ONCE):
        rows = coded[start : start + AT_ONCE]
        found = coder.code_many([turns[n].text for n in rows], [before[n] for n in rows])
        for n, coding in zip(rows, found, strict=True):
            codings[n] = coding
        report("coding turns", min(start + AT_ONCE, len(coded)), len(coded))
    names = [only] if only is not None else list(dict.fromkeys(turn.speaker for turn in turns))
    speakers = {name: _measured(turns, codings, before, name) for name in names}
    notes = [*transcript.notes, *_too_few(speakers)]
    return Hearing(turns, tuple(codings), speakers, moments(codings), tuple(notes), coder.digest)


def known_speaker(turns: Sequence[Turn], speaker: str) -> str:
    """Return the name as the transcript spells it. Raises InputProblems if nobody has it."""
    names = list(dict.fromkeys(turn.speaker for turn in turns))
    for name in names:
        if name.casefold() == " ".join(speaker.split()).casefold():
            return name
    listed = ", ".join(repr(name) for name in names[:20])
    problem = Problem("--speaker", repr(speaker), f"a speaker of the transcript: {listed}",
                      "give one of these names")  # fmt: skip
    raise InputProblems("the speaker", [problem])


def _before(turns: Sequence[Turn]) -> list[str | None]:
    """Return, for each turn, what others said last before it."""
    found: list[str | None] = []
    for n, turn in enumerate(turns):
        recent = turns[max(0, n - REACH) : n]
        found.append(said_before([t.text for t in recent if t.speaker != turn.speaker]))
    return found


def _measured(
    turns: Sequence[Turn], codings: Sequence[Coding | None], before: Sequence[str | None], name: str
) -> Speaker:
    heard = [
        Heard(coding, before[n])
        for n, coding in enumerate(codings)
        if coding is not None and turns[n].speaker == name
    ]
    return Speaker(conversation(turns, codings, name), profile(heard))


def _too_few(speakers: dict[str, Speaker]) -> list[str]:
    few = [name or "(no name)" for name, s in speakers.items() if s.profile is None]
    if not few:
        return []
    return [
        f"No profile for {', '.join(few)}: fewer than {FEWEST_TURNS} coded turns, "
        "too few to tell a habit."
    ]
