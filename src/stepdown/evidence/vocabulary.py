"""The words of the evidence table: outcomes and their rungs, sectors, designs, judgements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Better = Literal["fewer", "more"]
Direction = Literal[
    "better", "worse", "no_clear_difference", "mixed", "unknown", "not_applicable"
]  # fmt: skip
Scale = Literal[
    "percent_change", "rate_ratio", "risk_ratio", "odds_ratio", "standardised_difference", "none"
]  # fmt: skip
Confidence = Literal["high", "medium", "low", "unverified", "computed"]
Sector = Literal[
    "police", "health_care", "security", "hospitality", "schools", "citizens", "any"
]  # fmt: skip
Side = Literal["better", "worse", "unknown"]
Clusters = Literal["none", "allowed_for", "not_allowed_for", "unknown"]
Intervention = Literal["training", "programme", "other", "none"]
DesignGroup = Literal[
    "randomised", "controlled", "uncontrolled", "synthesis", "survey", "guidance", "context",
    "planned",
]  # fmt: skip
BiasTool = Literal["RoB 2", "ROBINS-I", "none"]


@dataclass(frozen=True, slots=True)
class OutcomeGroup:
    """A kind of outcome: the rung it stands on and which way is better."""

    name: str
    rung: str
    better: Better
    words: str


OUTCOMES: dict[str, OutcomeGroup] = {
    group.name: group
    for group in (
        OutcomeGroup("reinforcement", "delivered", "more", "reinforcement by supervisors"),
        OutcomeGroup("attitudes", "practised skill", "more", "attitudes and confidence"),
        OutcomeGroup("knowledge", "practised skill", "more", "knowledge"),
        OutcomeGroup("skill", "practised skill", "more", "skill in simulation"),
        OutcomeGroup("decay", "practised skill", "more", "what is left of a skill after months"),
        OutcomeGroup("behaviour", "observed behaviour", "more", "observed behaviour"),
        OutcomeGroup("arrests", "observed behaviour", "fewer", "arrests"),
        OutcomeGroup("force", "force", "fewer", "use of force"),
        OutcomeGroup("restraint", "force", "fewer", "restraint and seclusion"),
        OutcomeGroup("aggression", "force", "fewer", "aggression towards staff"),
        OutcomeGroup("subject_injury", "injuries", "fewer", "injuries of the public or patients"),
        OutcomeGroup("responder_injury", "injuries", "fewer", "injuries of officers or staff"),
        OutcomeGroup("complaints", "complaints and trust", "fewer", "complaints"),
        OutcomeGroup("trust", "complaints and trust", "more", "trust and satisfaction"),
        OutcomeGroup("culture", "complaints and trust", "more", "lasting change of culture"),
        OutcomeGroup("deaths", "deaths", "fewer", "deaths"),
        OutcomeGroup("none", "none", "fewer", "nothing measured"),
    )
}
RUNGS = (
    "delivered", "practised skill", "observed behaviour", "force", "injuries",
    "complaints and trust", "deaths",
)  # fmt: skip

SECTOR_WORDS: dict[str, str] = {
    "police": "police", "health_care": "health care", "security": "security staff",
    "hospitality": "bar staff",
    "schools": "schools", "citizens": "citizens", "any": "several professions",
}  # fmt: skip
DESIGN_WORDS: dict[str, str] = {
    "randomised": "randomised trial",
    "controlled": "comparison without a draw",
    "uncontrolled": "before and after",
    "synthesis": "review of studies",
    "survey": "survey",
    "guidance": "guidance",
    "context": "context",
    "planned": "under way or unreported",
}
EFFECT_DESIGNS = ("randomised", "controlled", "uncontrolled")
"""Designs of single studies that could show an effect, strongest first."""

SCALE_WORDS: dict[str, str] = {
    "percent_change": "percent change", "rate_ratio": "rate ratio", "risk_ratio": "risk ratio",
    "odds_ratio": "odds ratio", "standardised_difference": "standardised difference", "none": "",
}  # fmt: skip
RATIOS = ("rate_ratio", "risk_ratio", "odds_ratio")

DOMAINS: dict[str, tuple[str, ...]] = {
    "RoB 2": ("randomisation", "deviations", "missing", "measurement", "reporting"),
    "ROBINS-I": (
        "confounding", "selection", "classification", "deviations", "missing", "measurement",
        "reporting",
    ),
    "none": (),
}  # fmt: skip
"""Domains of the two tools: Sterne 2019 (RoB 2), Sterne 2016 (ROBINS-I)."""
JUDGEMENTS: dict[str, tuple[str, ...]] = {
    "RoB 2": ("low", "some concerns", "high", "no information"),
    "ROBINS-I": ("low", "moderate", "serious", "critical", "no information"),
    "none": ("not judged",),
}
