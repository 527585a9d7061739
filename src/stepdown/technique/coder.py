"""Hear technique: one line in, its codes out, on this machine alone."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stepdown.technique import cues as tier_a
from stepdown.technique.codebook import CODES
from stepdown.technique.coding import LABEL_FROM, UNSURE_FROM, Coding, Span
from stepdown.technique.language import foreign
from stepdown.technique.network import FOLDER, Network
from stepdown.technique.outputs import GROUPS, OUTPUTS
from stepdown.technique.score import balance, line_score
from stepdown.technique.windows import windows

Floats = NDArray[np.float64]
LONG_TURN = 400
WORD = re.compile(r"[^\W_]+")
EFFECT = OUTPUTS.index("effect")


class Coder:
    """Codes what a responder says into the techniques of the codebook.

    `Coder.load()` is the shipped coder: rules and a small network together. `Coder.cues_only()`
    needs no model file and is less sure. Both run offline and keep nothing.

    >>> from stepdown.technique import Coder
    >>> coder = Coder.load()
    >>> coder.code("Six hours, and nobody came.", previous="I've waited six hours!").labels
    ('reflection',)
    """

    def __init__(self, network: Network | None) -> None:
        self._network = network

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Self:
        """Load the shipped coder, or that of another folder. Raises StepdownError."""
        return cls(Network(folder))

    @classmethod
    def cues_only(cls) -> Self:
        """Return the coder that uses rules alone."""
        return cls(None)

    @cached_property
    def digest(self) -> str:
        """The name of this coder: a hash of its weights, calibration and rules."""
        folder = Path(tier_a.__file__).parent
        rules = b"".join(f.read_bytes() for f in sorted(folder.glob("*.py")))
        network = self._network.digest if self._network else "cues"
        return hashlib.sha256(network.encode() + rules).hexdigest()[:16]

    def code(self, text: str, previous: str | None = None) -> Coding:
        """Code one turn, given what the other person said just before it."""
        return self.code_many([text], [previous])[0]

    def code_many(
        self, texts: Sequence[str], previous: Sequence[str | None] | None = None
    ) -> tuple[Coding, ...]:
        """Code many turns, each as `code` would. `previous` is as long as `texts`."""
        before = list(previous) if previous is not None else [None] * len(texts)
        if len(before) != len(texts):
            raise ValueError(f"{len(texts)} turns, but {len(before)} turns before them")
        found = self.outputs(texts, before)
        return tuple(
            _coding(text, prior, row, self._unheard(text))
            for text, prior, row in zip(texts, before, found, strict=True)
        )

    def _unheard(self, text: str) -> str | None:
        """Return why nothing in a turn can be understood, or None."""
        if language := foreign(text):
            return f"looks like {language}: the coder knows English only"
        words = WORD.findall(text.casefold())
        if not words:
            return "no words"
        if self._network is None or any(map(self._network.knows, words)):
            return None
        return None if tier_a.cues(text, "") else "no word that the coder knows"

    def outputs(self, texts: Sequence[str], previous: Sequence[str | None]) -> Floats:
        """Return every output of the coder, (n, outputs): codes, groups, effect, main group.

        A long turn is heard in windows: a code holds if it holds in one of them.
        """
        pieces = [(n, part) for n, text in enumerate(texts) for part in windows(text)]
        result = np.zeros((len(texts), len(OUTPUTS)))
        if not pieces:
            return result
        said = [part for _, part in pieces]
        heard = [previous[n] or "" for n, _ in pieces]
        raw = self._network.probabilities(said, heard) if self._network else _by_rules(said, heard)
        rows: dict[int, list[int]] = {}
        for index, (n, _) in enumerate(pieces):
            rows.setdefault(n, []).append(index)
        for n, indices in rows.items():
            part = raw[indices]
            result[n] = part.max(axis=0)
            result[n, EFFECT:] = part[:, EFFECT:].mean(axis=0)
            if len(indices) > 1:
                result[n, EFFECT] = min(part[:, EFFECT].mean(), part[:, EFFECT].min() + 0.25)
        return result


def _by_rules(texts: Sequence[str], previous: Sequence[str]) -> Floats:
    """Return the outputs as rules alone give them."""
    given = [tier_a.probabilities(tier_a.cues(t, p)) for t, p in zip(texts, previous, strict=True)]
    return np.array([_from_codes(g) for g in given])


def _from_codes(given: Mapping[str, float]) -> list[float]:
    """Return groups, effect and main group as they follow from codes alone, equally weighed."""
    groups = [max(given[code] for code in codes) for codes in GROUPS.values()]
    effect = 1 / (1 + math.exp(-balance(given)))
    mains = [*groups, 1 - max(groups)]
    return [*given.values(), *groups, effect, *(m / sum(mains) for m in mains)]


def _coding(text: str, previous: str | None, row: Floats, unheard: str | None) -> Coding:
    given: Mapping[str, float] = {code: round(float(row[n]), 3) for n, code in enumerate(CODES)}
    heard = () if unheard else CODES
    labels = tuple(code for code in heard if given[code] >= LABEL_FROM)
    unsure = tuple(code for code in heard if UNSURE_FROM <= given[code] < LABEL_FROM)
    shown = {*labels, *unsure}
    spans = tuple(
        Span(cue.code, cue.start, cue.end, cue.weight)
        for cue in tier_a.cues(text, previous or "")
        if cue.code in shown
    )
    score = 0.0 if unheard else round(line_score(text, given, float(row[EFFECT])), 3)
    count = len(text.split())
    long = [f"very long: {count:,} words"] if count > LONG_TURN else []
    flags = (*long, *([unheard] if unheard else []))
    return Coding(text, labels, given, spans, unsure, score, flags, heard=unheard is None)
