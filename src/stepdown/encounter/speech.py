"""What one line does to the person who hears it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from stepdown.encounter.dynamics import ramp
from stepdown.encounter.parameters import FELT, GROUPS, Felt, Parameters
from stepdown.encounter.state import COLUMN, Floats, settled

HEARD_FROM = 0.35
MOST = {"arousal": 1.8, "trust": 1.5, "threat": 1.6, "control": 1.5}
"""The most that one line can change, in points, whatever is packed into it; assumed."""

LANDS = {"arousal": -0.5, "trust": 0.35, "threat": -0.15, "control": 0.05}
"""Points for each point of the coder's score, times the person's `landing`; assumed."""

SCORE_MOST = 3.0


@dataclass(frozen=True, slots=True)
class FeltMany:
    """What a line's topics do to every person."""

    arousal: Floats
    trust: Floats
    threat: Floats
    control: Floats


@dataclass(frozen=True, slots=True)
class Said:
    """A line as the log has it: its words, what was heard in it, and how it tends to land.

    Each may be one number, or one for every person who hears a line of their own at that moment.
    `again` is how much of it the responder had said before (0 to 1), `cut` how much of it was heard
    before the person broke in (1: all of it), `felt` what its topics do to this person.
    """

    words: int | Floats
    probabilities: dict[str, float] | dict[str, Floats]
    score: float | Floats
    again: float | Floats = 0.0
    cut: float | Floats = 1.0
    felt: Felt | FeltMany = field(default_factory=Felt)


def understood(state: Floats, words: int | Floats, p: Parameters) -> Floats:
    """Return the share of a line that gets through: attention, and length against arousal.

    A turn twice as long as can be followed still gets seven tenths through (assumed).
    """
    arousal, attention = state[:, COLUMN["arousal"]], state[:, COLUMN["attention"]]
    room = np.maximum(p["words_calm"] - p["words_per_arousal"] * arousal, p["words_least"])
    fits = np.sqrt(np.minimum(room / np.maximum(words, 1), 1.0))
    return fits * (0.3 + 0.07 * attention)


def heard(state: Floats, said: Said, p: Parameters) -> Floats:
    """Return the states just after a line.

    Listening, structure and choices get through as far as the line is understood; pressure is felt
    even by somebody who follows little. What was used a moment ago does less, a phrase said again
    does almost nothing, and influence before there is trust turns against the speaker.
    """
    new = state.copy()
    share = understood(state, said.words, p) * said.cut
    blunt = (0.5 + 0.5 * share) * said.cut
    ready = ramp(state[:, COLUMN["trust"]], p["ready_from"], p["ready_at"])
    total = {name: np.zeros(len(state)) for name in FELT}
    used: dict[str, float | Floats] = dict.fromkeys(GROUPS, 0.0)
    for code, given in said.probabilities.items():
        chance = np.where(np.asarray(given) >= HEARD_FROM, given, 0.0)
        if code not in p.effects or not np.any(chance):
            continue
        effect = p.effects[code]
        used[effect.group] = used[effect.group] + chance
        fresh = 1.0 - np.minimum(p["wear_share"] * state[:, COLUMN[effect.group]], 0.8)
        weight = blunt if effect.group == "pressure" else share * fresh
        if code == "unsolicited_advice":
            weight = weight * (1.0 - 1.5 * ready)
        for name in FELT:
            total[name] += weight * chance * getattr(effect, name)
    fresh_phrase = 1.0 - p["repeat_share"] * said.again
    score = np.minimum(np.maximum(said.score, -SCORE_MOST), SCORE_MOST) * p["landing"]
    for name in FELT:
        lands = LANDS[name] * score * np.where(score > 0, share, blunt)
        change = total[name] + lands
        kind = change < 0 if name in ("arousal", "threat") else change > 0
        change = np.where(kind, change * fresh_phrase, change)
        change = (change + getattr(said.felt, name) * share * fresh_phrase) * p["words_weigh"]
        new[:, COLUMN[name]] += MOST[name] * change / (MOST[name] + np.abs(change))
    lost = new[:, COLUMN["trust"]] - state[:, COLUMN["trust"]]
    new[:, COLUMN["trust"]] += np.where(lost < 0, lost * (p["trust_lost"] - 1.0), 0.0)
    for group, amount in used.items():
        new[:, COLUMN[group]] += amount
    new[:, COLUMN["silence"]] = 0.0
    return settled(new)
