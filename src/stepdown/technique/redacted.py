"""A transcript without the personal data that rules can find, before it is heard."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stepdown.technique.redaction import NOTICE, Roster, redact
from stepdown.technique.transcript import Transcript


@dataclass(frozen=True, slots=True)
class RedactedTranscript:
    """The transcript masked, and what each speaker is called in it."""

    transcript: Transcript
    speakers: dict[str, str]


def _known(transcript: Transcript, roster: Roster) -> Roster:
    """Add every name found anywhere, so that it is masked where nothing around it shows it too."""
    whole = "\n".join(turn.text for turn in transcript.turns)
    found = (whole[s.start : s.end] for s in redact(whole, roster).spans if s.kind == "name")
    return Roster(tuple(dict.fromkeys((*roster.names, *found))))


def redact_transcript(transcript: Transcript, roster: Roster) -> RedactedTranscript:
    """Mask names, numbers, dates, addresses, plates and ids; speakers become numbers.

    Speakers' own names count as roster. The notice that redaction may be incomplete is the first
    of the notes, and stays with whatever is made of the transcript.
    """
    names = list(dict.fromkeys(turn.speaker for turn in transcript.turns if turn.speaker))
    speakers = {name: f"Speaker {n}" for n, name in enumerate(names, start=1)} | {"": ""}
    known = _known(transcript, Roster((*roster.names, *names)))
    turns = tuple(
        replace(turn, speaker=speakers[turn.speaker], text=redact(turn.text, known).text)
        for turn in transcript.turns
    )
    notes = tuple(redact(note, known).text for note in transcript.notes)
    return RedactedTranscript(Transcript(turns, (NOTICE, *notes)), speakers)
