"""Fit the network to the corpus: seeded, on a CPU, in minutes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from stepdown.progress import Progress, silent
from stepdown.technique.codebook import CODES
from stepdown.technique.encode import batch
from stepdown.technique.outputs import GROUPS
from stepdown.technique.train.examples import Example, epoch, plainly
from stepdown.technique.train.network import Network
from stepdown.technique.written import Line

KNOWN = len(CODES) + len(GROUPS) + 1


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the network is trained; the defaults are the shipped recipe."""

    seeds: tuple[int, ...] = (1, 2)
    epochs: int = 5
    size: int = 32
    rate: float = 8e-5
    head_rate: float = 2e-3
    warm_share: float = 0.1
    average_from: float = 0.6
    decay: float = 0.01
    main_weight: float = 0.3
    effect_weight: float = 3.0
    text_tokens: int = 96
    cues_dropped: float = 0.15


def batches(examples: list[Example], size: int) -> Iterator[list[Example]]:
    """Cut examples into batches of about equal length, so that little is padded."""
    for start in range(0, len(examples), size * 16):
        part = sorted(
            examples[start : start + size * 16],
            key=lambda e: len(e.text) + min(120, len(e.previous)),
        )
        cuts = [part[i : i + size] for i in range(0, len(part), size)]
        yield from (cuts[i] for i in np.random.default_rng(start).permutation(len(cuts)))


def rarity(lines: Sequence[Line]) -> torch.Tensor:
    """Return how much a yes of each output counts: more where yes is rare, at most five times."""
    share = np.stack([plainly(line).targets for line in lines]).mean(axis=0)
    share[-1] = 0.5
    weight = np.sqrt((1 - share) / np.maximum(share, 1e-3)) / 1.5
    return torch.from_numpy(np.clip(weight, 1.0, 5.0).astype(np.float32))


def loss_of(
    logits: torch.Tensor, examples: list[Example], yes: torch.Tensor, recipe: Recipe
) -> torch.Tensor:
    """Binary cross-entropy of every code and of the effect, with the main group beside it."""
    targets = torch.from_numpy(np.stack([e.targets for e in examples]))
    each = nn.functional.binary_cross_entropy_with_logits(
        logits[:, :KNOWN], targets, pos_weight=yes, reduction="none"
    )
    weight = torch.ones(KNOWN)
    weight[-1] = recipe.effect_weight
    mains = torch.tensor([e.main for e in examples])
    main = nn.functional.cross_entropy(logits[:, KNOWN:], mains)
    return (each * weight).sum(1).mean() / 6 + recipe.main_weight * main


def arrays(
    examples: list[Example], tokenizer: Tokenizer, recipe: Recipe, rng: np.random.Generator
) -> tuple[torch.Tensor, ...]:
    """Encode examples; some are shown without their cues, so that the network learns to read."""
    texts, previous = [e.text for e in examples], [e.previous for e in examples]
    fed = batch(tokenizer, texts, previous, recipe.text_tokens)
    kept = (rng.random((len(examples), 1)) >= recipe.cues_dropped).astype(np.float32)
    return tuple(torch.from_numpy(a) for a in (fed.said, fed.heard, fed.cues * kept))


def fit(
    lines: tuple[Line, ...], tokenizer: Tokenizer, recipe: Recipe, report: Progress = silent
) -> Network:
    """Train once per seed and return the network with the average of the weights.

    Runs that begin from the same weights stay close enough to be averaged, and the average carries
    over to other kinds of talk better than either (Wortsman and others 2022, model soups).
    """
    total: dict[str, torch.Tensor] = {}
    for seed in recipe.seeds:
        network = run(lines, tokenizer, recipe, seed, report)
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                total[name] = total.get(name, torch.zeros_like(value)) + value / len(recipe.seeds)
    network.load_state_dict(total, strict=False)
    return network.eval()


def run(
    lines: tuple[Line, ...],
    tokenizer: Tokenizer,
    recipe: Recipe,
    seed: int,
    report: Progress = silent,
) -> Network:
    """Train on the lines and return the average of the weights over the last part of the way."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = Network()
    heads = [p for n, p in network.named_parameters() if n.startswith("head")]
    body = [p for n, p in network.named_parameters() if not n.startswith("head")]
    groups = [{"params": body, "lr": recipe.rate}, {"params": heads, "lr": recipe.head_rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=recipe.decay)
    steps = recipe.epochs * -(-len(lines) // recipe.size)
    warm = max(1, int(recipe.warm_share * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / warm, max(0.05, (steps - s) / (steps - warm)))
    )
    yes = rarity(lines)
    average: dict[str, torch.Tensor] = {}
    taken = step = 0
    for _ in range(recipe.epochs):
        network.train()
        for examples in batches(epoch(lines, rng), recipe.size):
            logits = network(*arrays(examples, tokenizer, recipe, rng))
            loss = loss_of(logits, examples, yes, recipe)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            step += 1
            report(f"training, seed {seed}", step, steps)
            if step >= recipe.average_from * steps:
                taken += 1
                with torch.no_grad():
                    for name, value in network.state_dict().items():
                        if value.is_floating_point():
                            kept = average.setdefault(name, torch.zeros_like(value))
                            kept += (value - kept) / taken
    network.load_state_dict(average, strict=False)
    return network.eval()
