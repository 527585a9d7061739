"""What a coder must beat: sentiment, and a list of key words as open trainers use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from stepdown.technique.codebook import CODES

KEYWORDS: dict[str, tuple[str, ...]] = {
    "open_question": ("what", "how", "tell me"),
    "closed_question": ("do you", "are you", "did you", "can you", "is it"),
    "reflection": ("sounds like", "you're saying", "so you"),
    "emotion_label": ("you feel", "angry", "upset", "scared", "frustrated"),
    "validation": ("i understand", "makes sense", "i hear you"),
    "affirmation": ("good job", "great", "well done"),
    "introduction": ("my name is", "i'm officer"),
    "reason": ("because",),
    "choice": ("you can", "option", "choice"),
    "concrete_help": ("help you", "i can", "let me"),
    "apology": ("sorry", "apologize"),
    "thanks": ("thank",),
    "agreement": ("you're right", "agree"),
    "unsolicited_advice": ("you should", "you need to"),
    "command": ("stop", "step back", "put", "get"),
    "threat": ("arrest", "jail", "force"),
    "calm_down": ("calm down", "relax"),
    "insult": ("stupid", "idiot"),
}
HELP = ("open_question", "reflection", "emotion_label", "validation", "affirmation", "introduction",
        "choice", "concrete_help", "apology", "thanks", "agreement")  # fmt: skip
_VADER = SentimentIntensityAnalyzer()


def _has(text: str, code: str) -> bool:
    return any(word in text for word in KEYWORDS.get(code, ()))


def keyword_codes(
    texts: Sequence[str], previous: Sequence[str | None]
) -> Sequence[Mapping[str, float]]:
    """Code turns by the list alone; what came before is not looked at."""
    pairs = zip(texts, previous, strict=True)
    return [{code: float(_has(text.lower(), code)) for code in CODES} for text, _ in pairs]


def keyword_score(text: str) -> float:
    """Count helpful key words, less the others."""
    said = text.lower()
    return float(sum(
        (1 if code in HELP else -1) * said.count(word)
        for code, words in KEYWORDS.items() for word in words
    ))  # fmt: skip


def vader_score(text: str) -> float:
    """Return VADER's compound sentiment (Hutto and Gilbert 2014), -1 to 1."""
    return float(_VADER.polarity_scores(text)["compound"])
