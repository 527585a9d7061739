"""The evidence ladder: which rungs a study has information on."""

from __future__ import annotations

import re

from stepdown.briefing.blocks import Ladder, Rung
from stepdown.briefing.numbers import listed
from stepdown.briefing.sizes import shown_name
from stepdown.briefing.words import verdict_label
from stepdown.evaluation.results import OutcomeResult, Results

NOT_MEASURED = "Not measured in this study."

_MEASURED_BY = (
    ("practised skill", re.compile(r"skill|practi[cs]e|scenario|rubric")),
    ("observed behaviour", re.compile(r"observ|behavio|body.?worn|bwc|de.?escalat|video")),
    ("injuries", re.compile(r"injur|hurt|wound|hospital")),
    ("complaints and trust", re.compile(r"complain|trust|survey|satisf|legitim|grievance")),
    ("force", re.compile(r"force|restrain|taser|weapon|firearm|baton|spray|strike")),
)


def ladder(results: Results) -> Ladder:
    """Place delivery and every outcome on its rung, in the fixed order."""
    placed: dict[str, list[OutcomeResult]] = {}
    for outcome in results.outcomes:
        placed.setdefault(rung_of(outcome), []).append(outcome)
    order = ["practised skill", "observed behaviour", "force", "injuries", "complaints and trust"]
    rungs = [_delivered(results)]
    rungs += [_rung(name, placed.get(name, [])) for name in order]
    if "other" in placed:
        rungs.append(_rung("outside the ladder", placed["other"]))
    return Ladder(tuple(rungs))


def rung_of(outcome: OutcomeResult) -> str:
    """Name the rung that an outcome measures, from its name and unit; `other` if none fits."""
    for text in (outcome.name, outcome.unit_of_count):
        words = text.lower().replace("_", " ")
        for rung, shape in _MEASURED_BY:
            if shape.search(words):
                return rung
    return "other"


def _rung(name: str, outcomes: list[OutcomeResult]) -> Rung:
    if not outcomes:
        return Rung(name, measured=False, text=NOT_MEASURED)
    said = [f"{shown_name(o.label)}: {verdict_label(o.verdict.code).lower()}" for o in outcomes]
    return Rung(name, measured=True, text=f"{'; '.join(said)}.")


def _delivered(results: Results) -> Rung:
    given = results.compliance
    if given is None:
        return Rung(
            "delivered",
            measured=False,
            text="Not measured: the data hold assigned dates only, not actual ones.",
        )
    came = given.on_time + given.early + given.late
    share = f" ({100 * came / given.assigned:.0f}%)" if given.assigned else ""
    return Rung(
        "delivered",
        measured=True,
        text=f"{came:,} of {given.assigned:,} people due were trained{share}, "
        f"{given.on_time:,} of them on time.",
    )


def missing_rungs(rungs: Ladder) -> str:
    """List the rungs without information."""
    return listed([rung.name for rung in rungs.rungs if not rung.measured])
