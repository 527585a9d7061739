"""Cues of listening: what is given back, and the short signs to go on."""

from __future__ import annotations

import re

from stepdown.technique.cues.clauses import Clause, plain

_STEMS = (
    (0.8, re.compile(r"\b(?:it|that|so it|you|this|what you'?re saying)? ?(?:sounds?|seems?|looks?) (?:to me )?(?:like|as if|as though)\b")),
    (0.75, re.compile(r"\b(?:you'?re saying|you'?re telling me|what (?:i'?m hearing|you'?re saying)|i(?:'?m| am)? hear(?:ing)? (?:you say|that|is)|so for you|from your side|the way you see|in other words|you mentioned|you said|you told me|you mean)\b")),
    (0.7, re.compile(r"\b(?:part of you|a part of you|on (?:the )?one hand|for you,? (?:it'?s|that)|deep down|you'?re (?:not (?:sure|ready|happy|convinced)|thinking|feeling|wondering|hoping|looking|trying|kind of|sort of|noticing|worried|concerned|afraid))\b")),
)  # fmt: skip
_ABOUT_YOU = re.compile(
    r"^(?:so |and |but |because |okay so |well )?(?:you'?re|you'?ve|you are|you have|you were|you'?d|you feel|you felt|you want(?:ed)?|you don'?t|you didn'?t|you can'?t|"
    r"you like|you love|you know|you think|you thought|you need(?:ed)?|you just|you really|you had|you got|you see|you still|you know|you used|you'?ll|your|it'?s been|it feels|it felt|"
    r"nobody|no one|they|he|she|that'?s|there'?s)\b"
)
_NOT = re.compile(
    r"^(?:you (?:need|have|should|must|can|could|might|may|better|ought|will|'?ll)|you'?re (?:not )?(?:going to|under|welcome|right|allowed|free|okay|fine|entitled|being)|you know (?:what|that)|"
    r"that'?s (?:great|good|right|fine|true|okay|wonderful|it|all|what i)|there'?s (?:a|an|no|some))\b"
)
_WORD = re.compile(r"[a-z']+")
COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "its",
        "just",
        "like",
        "me",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "she",
        "so",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "they",
        "this",
        "to",
        "too",
        "up",
        "us",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "who",
        "will",
        "with",
        "would",
        "you",
        "your",
        "yes",
        "yeah",
        "okay",
        "i'm",
        "don't",
        "it's",
        "that's",
        "you're",
        "know",
        "get",
        "got",
        "go",
        "going",
        "about",
        "all",
        "out",
        "one",
    ]
)
_ENCOURAGER = re.compile(
    r"^(?:(?:mm++|hm++|mhm++|mm-?hm++|uh-?huh|uh huh|mm hm++|okay|ok|right|yeah|yes|yep|sure|alright|all right|i see|oh|wow|ah|really|"
    r"go on|keep going|i'?m listening|i'?m here|i hear you|and then|and|then what|carry on|take your time|got it|gotcha|exactly|"
    r"no|absolutely|of course|please|tell me|good|great|huh|hmm++)[\s,.!?…-]*+){1,4}$"
)


def content(text: str) -> frozenset[str]:
    """Return the words of a text that carry content, cut to five letters so that forms agree."""
    return frozenset(
        w.strip("'")[:5] for w in _WORD.findall(plain(text)) if w not in COMMON and len(w) > 2
    )


def overlap(text: str, previous: str) -> float:
    """Share of the content words of a text that the other person has just said (0 to 1)."""
    words = content(text)
    return len(words & content(previous)) / len(words) if words else 0.0


def encourager(text: str) -> bool:
    """Say whether the whole turn is a short sign to go on."""
    return bool(_ENCOURAGER.match(text.strip())) and len(text.split()) <= 6


def given_back(clause: Clause, previous: str) -> float:
    """Judge how far one clause gives back what the person said (0 to 1)."""
    stem = max(
        (weight for weight, expression in _STEMS if expression.search(clause.text)), default=0.0
    )
    if _NOT.search(clause.text):
        return stem * 0.5
    about = 0.45 if _ABOUT_YOU.search(clause.text) else 0.0
    echo = overlap(clause.text, previous)
    strength = max(stem, about) + 0.35 * echo
    if not max(stem, about):
        strength = 0.6 * echo if len(clause.text.split()) <= 8 else 0.3 * echo
    if clause.asks and not stem:
        strength *= 0.5
    return min(0.95, strength)
