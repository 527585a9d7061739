"""Popular claims and the limits stated with them, as answers on page one."""

from __future__ import annotations

from stepdown.briefing.blocks import Answer, Tone
from stepdown.evidence.claims import WORDS, Claim

_TONES: dict[str, Tone] = {
    "supported": "good",
    "suggestive": "open",
    "not_shown_by_cited_source": "bad",
    "unknown": "open",
}


def answer_of(claim: Claim) -> Answer:
    """Put a claim, its source and what we say of it into reading order."""
    limit = claim.kind == "limit"
    return Answer(
        name=claim.claim,
        role="limit" if limit else "claim",
        seen=claim.contains if limit else f"Cited: {claim.cited}. {claim.contains}",
        verdict=f"{WORDS[claim.wording]}.",
        tone=_TONES[claim.wording],
        finding=claim.finding,
        meaning="",
        truth="",
        advice="",
        rows=claim.rows,
    )
