"""Run the shipped network: texts in, calibrated probabilities out. No torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from stepdown.problems import StepdownError
from stepdown.technique.cue_logits import cue_logits
from stepdown.technique.cues import FEATURES
from stepdown.technique.encode import batch
from stepdown.technique.outputs import OUTPUTS

FOLDER = Path(__file__).parent / "model"
WEIGHTS, TOKENIZER, CARD, MEASURED = "coder.onnx", "tokenizer.json", "coder.json", "measured.json"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Before calibration: the network's logits (n, outputs) and those of the cues (n, known)."""

    network: Floats
    cues: Floats


class Network:
    """The trained network of one folder."""

    def __init__(self, folder: Path = FOLDER, threads: int = 1) -> None:
        import onnxruntime  # noqa: PLC0415  # starts a thread at once, which no fork survives

        self.folder = folder
        missing = [n for n in (WEIGHTS, TOKENIZER, CARD) if not (folder / n).is_file()]
        if missing:
            raise StepdownError(f"The coder's files are missing in {folder}: {', '.join(missing)}")
        self.card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
        if self.card["outputs"] != list(OUTPUTS) or self.card["features"] != list(FEATURES):
            raise StepdownError(
                f"The coder in {folder} was trained for other codes or cues than this version has. "
                "Install the version it came with, or train it again: make coder"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(folder / WEIGHTS), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        known = self.card["calibration"]
        self._slope = np.array(known["slope"], dtype=float)
        self._cue = np.array(known["cue"], dtype=float)
        self._offset = np.array(known["offset"], dtype=float)

    @cached_property
    def digest(self) -> str:
        """The hash that names these weights, tokenizer and calibration."""
        hashed = hashlib.sha256()
        for name in (WEIGHTS, TOKENIZER, CARD):
            hashed.update((self.folder / name).read_bytes())
        return hashed.hexdigest()[:16]

    def knows(self, word: str) -> bool:
        """Say whether a word, in small letters, is in the vocabulary as a whole."""
        return len(word) > 1 and self._tokenizer.token_to_id(word) is not None

    def evidence(self, texts: Sequence[str], previous: Sequence[str]) -> Evidence:
        """Return what network and cues say, turn by turn.

        One at a time, because int8 numbers are scaled per batch (a turn would be heard differently
        in different company) and on one thread a batch is no faster.
        """
        logits = np.zeros((len(texts), len(OUTPUTS)))
        cues = np.zeros((len(texts), len(FEATURES)))
        for n, (text, before) in enumerate(zip(texts, previous, strict=True)):
            fed = batch(self._tokenizer, [text], [before])
            logits[n], cues[n] = self._session.run(None, fed.feed())[0][0], fed.cues[0]
        return Evidence(logits, cue_logits(cues))

    def probabilities(self, texts: Sequence[str], previous: Sequence[str]) -> Floats:
        """Return calibrated probabilities, (n, outputs); the main groups sum to one.

        p = logistic(slope·network + cue·cues + offset), with weights of the model's card.
        """
        found = self.evidence(texts, previous)
        known = len(self._slope)
        logits = found.network[:, :known] * self._slope + found.cues * self._cue + self._offset
        main = np.exp(
            found.network[:, known:] - found.network[:, known:].max(axis=1, keepdims=True)
        )
        return np.column_stack([1 / (1 + np.exp(-logits)), main / main.sum(axis=1, keepdims=True)])
