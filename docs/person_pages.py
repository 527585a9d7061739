"""The reference pages of the encounter: the person's numbers, and the scenario file."""

from __future__ import annotations

from typing import Any

from stepdown.encounter.moves import catalogue
from stepdown.encounter.parameters import FELT, effects, profiles, table
from stepdown.encounter.polcom import rules
from stepdown.encounter.scenario import Scenario
from stepdown.encounter.state import PERSON, SCENE
from stepdown.encounter.vocabulary import REACTS

GENERATED = "This page is generated from the code: `make docs`."


def person_page() -> str:
    """Render every number of the person model with unit, range and source."""
    lines = [
        "# The person: every number", "", GENERATED,
        "How they work together: [the person](../explanation/the-person.md).", "",
        "## Parameters", "",
        "| parameter | value | range | unit | what it is | source |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, p in table().items():
        span = f"{p.low:g} to {p.high:g}"
        lines.append(f"| `{name}` | {p.value:g} | {span} | {p.unit} | {p.why} | {p.source} |")
    lines += ["", "## Profiles", ""]
    for profile in profiles().values():
        changed = ", ".join(f"`{k}` {v:g}" for k, v in profile.set.items())
        codes = ", ".join(f"`{k}` times {v:g}" for k, v in profile.codes.items())
        lines += [
            f"### {profile.name} (`{profile.id}`)",
            "",
            profile.says,
            "",
            f"Changes: {changed}.",
        ]
        lines += [f"Codes: {codes}."] if codes else []
        lines += [f"Source: {profile.source}.", ""]
    lines += ["## What a code does", "", "Points, heard for certain. Sizes assumed.", ""]
    lines += ["| code | scaled by | " + " | ".join(FELT) + " |", "|---|---|" + "---|" * len(FELT)]
    for code, effect in effects().items():
        cells = " | ".join(f"{getattr(effect, name):+.2f}" for name in FELT)
        lines.append(f"| `{code}` | {effect.group} | {cells} |")
    lines += ["", "## Moves", "", "| move | group | what it is | seconds | changes | for |"]
    lines.append("|---|---|---|---|---|---|")
    for move in catalogue().values():
        told = [f"{k} {v:g}" for k, v in move.set.items()] + [
            f"{k} {v:+g}" for k, v in move.add.items()
        ]
        told += [f"{k} {getattr(move.felt, k):+g}" for k in FELT if getattr(move.felt, k)]
        told += [f"arrives in {move.arrives_s:g} s"] if move.arrives_s else []
        told += [f"ends: {move.ends}"] if move.ends else []
        lines.append(
            f"| `{move.id}` | {move.group} | {move.label} | {move.seconds:g} | {', '.join(told)} | "
            f"{', '.join(move.who)} |"
        )
    lines += [
        "",
        "## Told acts",
        "",
        "How an imported option's narration becomes moves and acts.",
        "",
    ]
    lines += ["| where this occurs | moves | points |", "|---|---|---|"]
    for rule in rules():
        felt = ", ".join(f"{k} {getattr(rule.felt, k):+g}" for k in FELT if getattr(rule.felt, k))
        pattern = rule.pattern.pattern.replace("|", "\\|")
        lines.append(f"| `{pattern}` | {', '.join(rule.moves)} | {felt} |")
    return "\n".join(lines).rstrip() + "\n"


def scenario_page(section: Any) -> str:
    """Render the fields of a scenario file."""
    schema = Scenario.model_json_schema()
    lines = [
        "# The scenario file", "", GENERATED,
        "How to write one: [write a scenario](../how-to/write-a-scenario.md).", "",
        "Bands (`at`) are by arousal: settled below 3.5, tense below 6, high below 8, peak above.",
        "`on` names a code, a move, or one of: " + ", ".join(f"`{r}`" for r in REACTS) + ".", "",
        f"`start` takes {', '.join(f'`{p}`' for p in PERSON)}, 0 to 10. `scene` takes:", "",
        "| scene | from | to | usually |", "|---|---|---|---|",
        *(f"| `{k}` | {low:g} | {high:g} | {usual:g} |" for k, (low, high, usual) in SCENE.items()), "",
    ]  # fmt: skip
    lines += section("Scenario", schema, schema)
    for name, node in schema["$defs"].items():
        if "properties" in node:
            lines += section(name, node, schema)
    return "\n".join(lines).rstrip() + "\n"
