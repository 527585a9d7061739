"""What a check found in a scenario, and whether its label holds under the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.encounter.check.columns import ENDS
from stepdown.encounter.check.crowd import Outcomes
from stepdown.encounter.check.script import Script

SAFE_OTHER = ("contained", "disengaged", "others_safe")
TALK_ONLY = ("skilled", "novice", "silent", "repeater", "stuffer", "fresh_kind", "fresh_plain")
"""Responders who take no option but words."""

SKILLED_AT_LEAST, COMMAND_AT_MOST, SILENT_AT_MOST = 0.70, 0.30, 0.35
TALK_AT_MOST, CHANGER_AT_LEAST = 0.10, 0.80


@dataclass(frozen=True, slots=True)
class Rates:
    """How a responder's encounters ended: shares, and the median time in seconds."""

    p_consent: float
    p_safe_other: float
    p_force: float
    p_injury_responder: float
    p_injury_person: float
    p_injury_other: float
    median_s: float

    @property
    def worth(self) -> float:
        """Good endings less force and injuries: how responders are put in order."""
        harm = self.p_force + self.p_injury_responder + self.p_injury_person + self.p_injury_other
        return self.p_consent + self.p_safe_other - harm


def rates_of(outcomes: Outcomes, chosen: np.ndarray) -> Rates:
    """Sum up the encounters that `chosen` picks."""
    ending, hurt = outcomes.ending[chosen], outcomes.hurt[chosen]
    safe = [ENDS.index(e) for e in SAFE_OTHER]
    return Rates(
        p_consent=float((ending == ENDS.index("consent")).mean()),
        p_safe_other=float(np.isin(ending, safe).mean()),
        p_force=float((ending == ENDS.index("force")).mean()),
        p_injury_responder=float(hurt[:, 0].mean()),
        p_injury_person=float(hurt[:, 1].mean()),
        p_injury_other=float(hurt[:, 2].mean()),
        median_s=float(np.median(outcomes.seconds[chosen])),
    )


def all_rates(script: Script, outcomes: Outcomes) -> dict[str, Rates]:
    """Return the rates of every responder by id."""
    return {r.id: rates_of(outcomes, outcomes.who == n) for n, r in enumerate(script.responders)}


def breaches(resolvable: str, rates: dict[str, Rates]) -> tuple[str, ...]:
    """Return where a scenario's label does not hold; nothing if it does."""
    judge = _by_talk if resolvable == "by_talk" else _by_other_means
    return tuple(judge(rates))


def _by_talk(r: dict[str, Rates]) -> list[str]:
    wrong = []
    if r["skilled"].p_consent < SKILLED_AT_LEAST:
        wrong.append(f"skilled reaches consent in {_p(r['skilled'].p_consent)}, not 70 %")
    if r["command"].p_consent > COMMAND_AT_MOST:
        wrong.append(
            f"command-and-control reaches consent in {_p(r['command'].p_consent)}: at most 30 %"
        )
    if r["silent"].p_consent > SILENT_AT_MOST:
        wrong.append(f"silence reaches consent in {_p(r['silent'].p_consent)}: at most 35 %")
    for name in ("repeater", "stuffer"):
        if r[name].p_consent > r["novice"].p_consent:
            wrong.append(f"{name} reaches consent more often ({_p(r[name].p_consent)}) than novice")
    return wrong


def _by_other_means(r: dict[str, Rates]) -> list[str]:
    wrong = [
        f"{name} resolves it by talk in {_p(r[name].p_consent)}: at most 10 %"
        for name in TALK_ONLY
        if name in r and r[name].p_consent > TALK_AT_MOST
    ]
    changer = r["option_changer"]
    if changer.p_consent + changer.p_safe_other < CHANGER_AT_LEAST:
        safe = _p(changer.p_consent + changer.p_safe_other)
        wrong.append(f"the option-changer ends safely in {safe}, not 80 %")
    talkers = [r[n].p_injury_responder for n in TALK_ONLY if n in r and n != "silent"]
    if changer.p_injury_responder >= float(np.mean(talkers)):
        wrong.append("the option-changer is hurt as often as those who keep talking")
    return wrong


def _p(share: float) -> str:
    return f"{100 * share:.0f} %"
