"""What happens in the demonstration: who plays what, how, and when; what is written beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    """One encounter: who (a number in the list of trainees), what, how, and how many days ago."""

    who: int
    scenario: str
    like: str
    days: float
    acts: int = 0
    ends: bool = True
    task: str = ""


STORIES = (
    Story(0, "bus", "command", 24), Story(0, "emergency_room", "novice", 17, acts=60),
    Story(0, "bridge", "novice", 11), Story(0, "bus", "skilled", 9.5, task="practice"),
    Story(0, "brother", "skilled", 5), Story(0, "emergency_room", "skilled", 2, task="assessment"),
    Story(1, "bus", "novice", 13, task="practice"),
    Story(1, "emergency_room", "novice", 3, task="assessment"),
    Story(2, "bus", "skilled", 12, task="practice"), Story(2, "brother", "novice", 6),
    Story(3, "bus", "command", 8, task="practice"),
    Story(3, "emergency_room", "skilled", 0.01, acts=9, ends=False, task="assessment"),
    Story(4, "bridge", "novice", 20), Story(4, "bus", "novice", 14, task="practice"),
    Story(5, "bus", "skilled", 10.5, task="practice"), Story(6, "brother", "novice", 15),
    Story(7, "brother", "skilled", 21), Story(7, "brother", "skilled", 7, task="south"),
    Story(8, "brother", "novice", 5.8, task="south"), Story(9, "bus", "command", 19),
    Story(10, "bus", "skilled", 16), Story(11, "brother", "skilled", 5.5, task="south"),
    Story(13, "emergency_room", "skilled", 18), Story(14, "brother", "novice", 11.8),
    Story(15, "emergency_room", "novice", 9), Story(16, "bus", "skilled", 4),
    Story(17, "bridge", "skilled", 2.5), Story(18, "bus", "novice", 0.02, acts=6, ends=False),
)  # fmt: skip


BEFORE = tuple(
    Story(who, "bus", "novice" if who % 2 else "skilled", 0.7 * who + 0.04, acts=6)
    for who in range(1, 14)
)
"""The month before: enough people that the numbers of a month that is over show something. Their
days are counted from its last day but one."""

SAID = {
    "introduction": "You say who you are. That helps from the first moment.",
    "emotion_label": "You name what is felt here, before you ask for anything.",
    "reflection": "You give back what you heard. Let it stand for a moment.",
    "open_question": "An open question leaves room for an answer.",
    "validation": "You say that it makes sense. Nothing is given away by that.",
    "command": "An order. What would a question have done here?",
    "stacked_questions": "Several questions at once: which one is to be answered?",
    "why_question": "A why is soon heard as a reproach. Ask what happened instead.",
}
"""What an instructor writes beside a line, by what was said in it."""
