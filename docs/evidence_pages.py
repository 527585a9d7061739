"""The reference page of the evidence table, and the report that lies in the repository."""

from __future__ import annotations

from typing import Literal, get_args, get_origin

from stepdown.briefing.published.page import evidence_page
from stepdown.briefing.published.write import readable_files
from stepdown.evidence.study_row import StudyRow
from stepdown.evidence.table import read_evidence, shipped_table
from stepdown.evidence.vocabulary import DOMAINS, JUDGEMENTS, OUTCOMES


def evidence_table_page() -> str:
    """Describe every column, kind of outcome and judgement."""
    lines = [
        "# The evidence table", "",
        "`stepdown evidence` reads a CSV file in UTF-8: one row per study and outcome. How to add "
        "one: [published evidence](../how-to/published-evidence.md). This page is generated from "
        "the code: `make docs`.", "",
        "| column | values | meaning |", "|---|---|---|",
    ]  # fmt: skip
    for name, field in StudyRow.model_fields.items():
        meaning = (field.description or "").replace("|", "\\|")
        lines.append(f"| `{name}` | {values(field.annotation)} | {meaning} |")
    lines += ["", "## Kinds of outcome", "", "| `outcome_group` | rung | better | in words |",
              "|---|---|---|---|"]  # fmt: skip
    lines += [f"| `{o.name}` | {o.rung} | {o.better} | {o.words} |" for o in OUTCOMES.values()]
    lines += ["", "## Risk of bias", "", "| tool | domains | judgements |", "|---|---|---|"]
    lines += [
        f"| {tool} | {', '.join(domains) or 'none'} | {', '.join(JUDGEMENTS[tool])} |"
        for tool, domains in DOMAINS.items()
    ]
    lines += [
        "", "The overall judgement may be worse than the worst domain, never better; `no "
        "information` counts as the second step.", "", "## An example", "", "```csv",
        *shipped_table().read_text("utf-8").splitlines()[:1],
        *[line for line in shipped_table().read_text("utf-8").splitlines()
          if line.startswith("engel2022_lmpd_uof,")],
        "```",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def values(annotation: object) -> str:
    """Say which values a column takes."""
    if get_origin(annotation) is Literal:
        return " \\| ".join(f"`{v}`" for v in get_args(annotation))
    kinds = {str: "text", int: "whole number", float: "number", type(None): "blank"}
    options = get_args(annotation) or (annotation,)
    flat = [o for option in options for o in (get_args(option) or (option,))]
    return " or ".join(dict.fromkeys(kinds[o] for o in flat if o in kinds))


def evidence_report() -> dict[str, bytes]:
    """Return the report as files by name."""
    evidence = read_evidence()
    return readable_files(evidence, evidence_page(evidence))
