"""Risk of bias of a row: what was judged in each domain, and why."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.evidence.vocabulary import DOMAINS, JUDGEMENTS


@dataclass(frozen=True, slots=True)
class Judgement:
    """One domain of a tool: `low`, `some concerns`, …, and the reason."""

    domain: str
    judgement: str
    reason: str


def parse_judgements(tool: str, text: str) -> tuple[Judgement, ...]:
    """Read `domain=judgement: reason; domain=…`.

    Every domain of the tool exactly once, in any order. Raises ValueError saying everything that
    is wrong.
    """
    found: dict[str, Judgement] = {}
    wrong: list[str] = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        domain, _, rest = part.partition("=")
        judgement, _, reason = rest.partition(":")
        one = Judgement(domain.strip(), judgement.strip(), reason.strip())
        if one.domain not in DOMAINS[tool]:
            wrong.append(f"`{one.domain}` is no domain of {tool}")
        elif one.domain in found:
            wrong.append(f"`{one.domain}` twice")
        elif one.judgement not in JUDGEMENTS[tool]:
            wrong.append(f"`{one.judgement}` for {one.domain}: one of {_listed(tool)}")
        elif len(one.reason) < 3:
            wrong.append(f"no reason for {one.domain}")
        found.setdefault(one.domain, one)
    wrong += [f"`{d}` is missing" for d in DOMAINS[tool] if d not in found]
    if wrong:
        raise ValueError("; ".join(wrong))
    return tuple(found[d] for d in DOMAINS[tool])


def worst(tool: str, judgements: tuple[Judgement, ...]) -> str:
    """Return the lowest overall judgement the domains allow: the worst of them.

    Both tools let an overall judgement be worse than its worst domain, never better.
    `no information` counts as the middle: it is neither low nor shown to be high.
    """
    order = JUDGEMENTS[tool]
    middle = order[min(1, len(order) - 1)]
    ranks = [order.index(middle if j.judgement == "no information" else j.judgement)
             for j in judgements]  # fmt: skip
    return order[max(ranks, default=0)]


def _listed(tool: str) -> str:
    return ", ".join(JUDGEMENTS[tool])
