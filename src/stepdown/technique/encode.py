"""Texts to the arrays that the network reads: tokens of the turn, and of the turn before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from stepdown.technique.cues import FEATURES, features

TEXT_TOKENS = 128
PREVIOUS_TOKENS = 32
CLS, SEP, PAD = 101, 102, 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Arrays of one batch: said (n, t) and heard (n, u) int64, cues (n, k) float32; u may be 0."""

    said: NDArray[np.int64]
    heard: NDArray[np.int64]
    cues: NDArray[np.float32]

    def feed(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays by the names of the network's inputs."""
        return {"said": self.said, "heard": self.heard, "cues": self.cues}


def tokens(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Encoding]:
    """Encode texts without special tokens, neither cut nor padded."""
    found: list[Encoding] = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return found


def padded(rows: Sequence[list[int]]) -> NDArray[np.int64]:
    """Return rows of token ids as one array, filled up at the end."""
    filled = np.full((len(rows), max(map(len, rows))), PAD, dtype=np.int64)
    for n, row in enumerate(rows):
        filled[n, : len(row)] = row
    return filled


def batch(
    tokenizer: Tokenizer, texts: Sequence[str], previous: Sequence[str], limit: int = TEXT_TOKENS
) -> Batch:
    """Encode turns: the first `limit` tokens of each, the last ones of what was said before."""
    said = [[CLS, *text.ids[:limit], SEP] for text in tokens(tokenizer, texts)]
    before = [text.ids[-PREVIOUS_TOKENS:] for text in tokens(tokenizer, previous)]
    heard = [[*ids, SEP] if ids else [] for ids in before]
    known = np.array(
        [features(t, p) for t, p in zip(texts, previous, strict=True)], dtype=np.float32
    )
    return Batch(padded(said), padded(heard), known.reshape(len(texts), len(FEATURES)))
