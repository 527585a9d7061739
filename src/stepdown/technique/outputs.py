"""What the network puts out, in order: the codes, then three sums over codes, then the effect."""

from __future__ import annotations

from stepdown.technique.codebook import CODES

GROUPS: dict[str, tuple[str, ...]] = {
    "question": ("open_question", "closed_question"),
    "reflection": ("reflection", "emotion_label", "summary"),
    "input": ("reason", "information", "choice", "concrete_help", "unsolicited_advice"),
}
MAIN = ("question", "reflection", "input", "other")
SUMS = tuple(f"any {name}" for name in GROUPS)
OUTPUTS = (*CODES, *SUMS, "effect", *(f"mainly {name}" for name in MAIN))


def main_of(labels: tuple[str, ...]) -> str:
    """Return the group of the main code: the first that belongs to a group, else other."""
    for name, codes in GROUPS.items():
        if labels and labels[0] in codes:
            return name
    return "other"
