"""How a line tends to land: one number from its codes and its effect, hard to talk up.

The network's estimate of the effect and the balance of the codes come first. Then words alone must
not buy a score: saying the same again, a list of key words without a sentence, and more words than
a person in crisis can take in all cost (Richmond and others 2012: be concise), and a threat or an
insult caps the score whatever stands around it. The weights are assumed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from itertools import pairwise

from stepdown.technique.cues.clauses import plain
from stepdown.technique.cues.listening import COMMON

WEIGHTS = {
    "open_question": 0.6, "closed_question": 0.1, "reflection": 1.0, "emotion_label": 0.8,
    "validation": 1.0, "summary": 1.0, "minimal_encourager": 0.4, "affirmation": 0.8,
    "introduction": 0.8, "reason": 0.7, "choice": 1.0, "concrete_help": 1.0, "information": 0.5,
    "apology": 0.8, "thanks": 0.7, "agreement": 0.8, "limit": 0.4, "command": -0.8, "threat": -2.0,
    "ultimatum": -1.5, "calm_down": -1.0, "dismissal": -1.5, "insult": -2.0, "profanity": -0.7,
    "why_question": -0.7, "unsolicited_advice": -0.8, "false_promise": -0.8,
    "stacked_questions": -0.6,
}  # fmt: skip
CAPPED = ("threat", "ultimatum", "insult", "dismissal")
CAP = -0.5
AGAIN_FREE, AGAIN_COST = 0.06, 8.0
TTR_FREE, TTR_COST = 0.75, 6.0
FUNCTION_LEAST, LIST_COST = 0.22, 6.0
SHORT_CLAUSE = 2.2
PHRASE_FREE, PHRASE_COST, PHRASE_WORDS = 0.6, 8.0, 12
PHRASES = frozenset(
    ("feel", "feels", "feeling", "feelings", "felt", "sound", "sounds", "seem", "seems", "hear",
     "heard", "understand", "listen", "listening", "sorry", "apologise", "apologize", "apology",
     "thank", "thanks", "appreciate", "help", "support", "validate", "valid", "validation",
     "empathy", "choice", "choices", "choose", "option", "options", "reflect", "respect", "trust",
     "care", "because", "reason", "tell", "more", "really", "sense", "makes", "right", "wonder",
     "imagine", "notice", "share", "safe", "brave", "proud", "strong", "great", "job", "good",
     "hard", "must", "frustrated", "angry", "upset", "sad", "scared", "lonely", "tired", "need",
     "name", "here", "like", "saying", "you're", "i'm", "let", "offer", "can", "only", "voice")
)  # fmt: skip
WORDS_FREE, WORD_COST = 70, 0.02
FEWEST = 8
_WORD = re.compile(r"[a-z']+")
_PAUSE = re.compile(r"[.,;:!?]")


def balance(given: Mapping[str, float]) -> float:
    """Return the weighted sum of code probabilities: above 0 helps, below 0 carries risk."""
    return sum(WEIGHTS[code] * p for code, p in given.items() if code in WEIGHTS)


def emptiness(
    text: str, common: Collection[str] = COMMON, phrases: Collection[str] = PHRASES
) -> float:
    """Return what repetition, lists of key words and length cost a line, in logits (0 or more).

    `common` are the small words of the language, `phrases` the key words of technique.
    """
    words = _WORD.findall(plain(text))
    if len(words) < FEWEST:
        return 0.0
    pairs = list(pairwise(words))
    again = 1 - len(set(pairs)) / len(pairs)
    content = [w for w in words if w not in common]
    variety = len(set(content)) / len(content) if content else 1.0
    function = 1 - len(content) / len(words)
    clauses = [c for c in _PAUSE.split(text) if c.strip()]
    listed = function < FUNCTION_LEAST or (
        len(clauses) > 4 and len(words) / len(clauses) < SHORT_CLAUSE
    )
    keyed = sum(w in phrases for w in content) / len(content) if content else 0.0
    hollow = max(0.0, keyed - PHRASE_FREE) if len(words) >= PHRASE_WORDS else 0.0
    return (
        AGAIN_COST * max(0.0, again - AGAIN_FREE)
        + TTR_COST * max(0.0, TTR_FREE - variety)
        + LIST_COST * listed * max(0.1, FUNCTION_LEAST - function + 0.1)
        + PHRASE_COST * hollow
        + WORD_COST * max(0, len(words) - WORDS_FREE)
    )


def line_score(text: str, given: Mapping[str, float], effect: float) -> float:
    """Return how a line tends to land, -2 to 2, from code probabilities and effect (0 to 1)."""
    known = min(0.99, max(0.01, effect))
    logit = math.log(known / (1 - known)) + 0.5 * balance(given) - emptiness(text)
    bad = max(given[code] for code in CAPPED)
    score = 4 / (1 + math.exp(-logit)) - 2
    return score if bad < 0.5 else min(score, CAP * bad + 0.3 * (score - 2) * bad)
