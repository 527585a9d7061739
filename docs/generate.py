"""Write the generated pages of the reference. Run: make docs (or with a folder to write to)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import typer
from access_page import access_page
from api_page import api_page
from cards import coder_page, corpus_page
from evidence_pages import evidence_report, evidence_table_page
from person_pages import person_page, scenario_page

from stepdown.cli import app
from stepdown.evaluation.schema import json_schema
from stepdown.technique.codebook import Code, Codebook, codebook
from stepdown.web.environment import SECRETS, SETTINGS

REFERENCE = Path(__file__).parent / "reference"


def kind(node: dict[str, Any], schema: dict[str, Any]) -> str:
    """Say in words what values a field takes."""
    if "$ref" in node:
        name = node["$ref"].split("/")[-1]
        target = schema["$defs"][name]
        if "enum" in target:
            return " \\| ".join(f"`{v}`" for v in target["enum"])
        return f"[{name}](#{name.lower()})"
    if "anyOf" in node or "oneOf" in node:
        options = node.get("anyOf") or node["oneOf"]
        return " or ".join(dict.fromkeys(kind(o, schema) for o in options))
    if "enum" in node:
        return " \\| ".join(f"`{v}`" for v in node["enum"])
    if "const" in node:
        return f"`{node['const']}`"
    if node.get("type") == "array":
        return f"list of {kind(node['items'], schema)}"
    if node.get("type") == "object":
        return f"names to {kind(node.get('additionalProperties', {}), schema)}"
    words = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "yes or no",
        "null": "nothing",
    }
    formats = {"uuid": "id", "date": "day", "date-time": "time"}
    return formats.get(node.get("format", "")) or words.get(node.get("type", ""), "anything")


def default(field: dict[str, Any], name: str, required: list[str]) -> str:
    """Say what stands where a field is left out."""
    if name in required:
        return "required"
    value = field.get("default")
    return "" if value in (None, []) else f"`{value}`"


def section(title: str, node: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """Describe one group of fields as a table."""
    lines = [f"## {title}", "", node.get("description", ""), ""]
    lines += ["| field | values | default | meaning |", "|---|---|---|---|"]
    for name, field in node.get("properties", {}).items():
        meaning = field.get("description", "").replace("|", "\\|").replace("\n", " ")
        absent = default(field, name, node.get("required", []))
        lines.append(f"| `{name}` | {kind(field, schema)} | {absent} | {meaning} |")
    return [*lines, ""]


def schema_page(what: str, title: str, intro: str) -> str:
    """Describe a JSON Schema as a page."""
    schema = json_schema(what)
    lines = [f"# {title}", "", intro, "", "This page is generated from the code: `make docs`.", ""]
    lines += section(schema["title"], schema, schema)
    for name, node in schema["$defs"].items():
        if "properties" in node:
            lines += section(name, node, schema)
    return "\n".join(lines).rstrip() + "\n"


def commands(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
    """List a command and everything below it by full name."""
    below = getattr(command, "commands", {})
    return [(path, command)] + [
        found for name, sub in below.items() for found in commands(sub, f"{path} {name}")
    ]


def command_page() -> str:
    """Describe every command, argument and option."""
    lines = [
        "# Command line",
        "",
        "Progress and errors go to standard error. With `--json`, standard output is JSON alone.",
        "Exit code 0: done, whatever a verdict says; 1: a check failed; 2: bad input.",
        "Shell completion: `stepdown --install-completion`.",
        "This page is generated from the code: `make docs`.",
        "",
    ]
    for path, command in commands(typer.main.get_command(app), "stepdown"):
        lines += [f"## `{path}`", "", (command.help or "").strip(), ""]
        rows = [row for p in command.params if (row := parameter(p))]
        if rows:
            lines += ["| argument or option | default | meaning |", "|---|---|---|", *rows, ""]
    return "\n".join(lines).rstrip() + "\n"


def parameter(param: click.Parameter) -> str | None:
    """Describe one argument or option as a table row."""
    text = getattr(param, "help", "") or ""
    if param.name in {"install_completion", "show_completion"}:
        return None
    name = (
        ", ".join(f"`{o}`" for o in param.opts)
        if param.opts[0].startswith("-")
        else (f"`{(param.name or '').upper()}`")
    )
    shown = "required" if param.required else ""
    if not param.required and param.name == "workers":
        shown = "all processors"
    elif not param.required and param.default not in (None, False):
        shown = f"`{param.default}`"
    return f"| {name} | {shown} | {text} |"


GROUP_TITLES = {
    "listening": "Listening",
    "respect": "Respect",
    "structure": "Structure",
    "risk": "Risk: not a fault by itself, the context decides",
}


def codebook_page() -> str:
    """Render the codebook."""
    book = codebook()
    lines = ["# Technique codebook", "", f"Version {book.version}. {book.unit}", ""]
    lines += ["This page is generated from `codebook.yaml`: `make docs`.", ""]
    lines += ["## What the codes serve", "", "| construct | source |", "|---|---|"]
    for construct in book.constructs.values():
        link = f", [doi {construct.doi}](https://doi.org/{construct.doi})" if construct.doi else ""
        lines.append(f"| {construct.name} | {construct.source}{link} |")
    for group, title in GROUP_TITLES.items():
        lines += ["", f"## {title}"]
        for code in book.codes:
            if code.group == group:
                lines += code_section(code, book)
    return "\n".join(lines).rstrip() + "\n"


def code_section(code: Code, book: Codebook) -> list[str]:
    """Render one code."""
    serves = [
        f"{part} ({book.constructs[name].name.split(' (')[0]})"
        for name, part in code.constructs.items()
    ]
    lines = ["", f"### {code.name} (`{code.id}`)", "", f"**{code.definition}**", ""]
    lines += [f"Counts: {code.counts}", "", f"Does not count: {code.not_}", "", "Examples:", ""]
    lines += [f"- “{example}”" for example in code.examples]
    lines += ["", "Near misses:", ""]
    for miss in code.near_misses:
        instead = f"; it is `{miss.code}`" if miss.code else ""
        lines.append(f"- “{miss.text}”: {miss.why}{instead}")
    return [*lines, "", f"Serves: {'; '.join(serves)}."]


def settings_page() -> str:
    """Describe every setting of a site."""
    lines = [
        "# Settings of a site", "",
        "Settings come from the environment and from nowhere else. Every name may end in `_FILE`: the"
        " value is then the content of the file that it names, so that secrets need not stand in the"
        " environment. What is wrong is said all at once: `stepdown site check`.", "",
        "This page is generated from the code: `make docs`. How they fit together:"
        " [deploy](../how-to/deploy.md).", "",
        "| setting | meaning |", "|---|---|",
    ]  # fmt: skip
    for name, meaning in SETTINGS.items():
        secret = " A secret: better given as a file." if name in SECRETS else ""
        lines.append(f"| `{name}` | {meaning[0].upper()}{meaning[1:]}.{secret} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the generated pages into the reference, or the folder named on the command line."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REFERENCE
    study = "What `stepdown evaluate` reads. JSON Schema: `stepdown schema study`."
    results = "What `stepdown evaluate` writes. JSON Schema: `stepdown schema results`."
    same = "What `stepdown same-scene` writes. JSON Schema: `stepdown schema same-scene`."
    pages = {
        "study-file.md": schema_page("study", "The study file", study),
        "results.md": schema_page("results", "results.json", results),
        "same-scene.md": schema_page("same-scene", "same_scene.json", same),
        "command-line.md": command_page(),
        "codebook.md": codebook_page(),
        "corpus.md": corpus_page(),
        "coder.md": coder_page(),
        "person.md": person_page(),
        "scenario.md": scenario_page(section),
        "evidence-table.md": evidence_table_page(),
        "api.md": api_page(section),
        "access.md": access_page(),
        "settings.md": settings_page(),
    }
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    report = folder / "evidence" if len(sys.argv) > 1 else REFERENCE.parent / "evidence"
    for name, content in evidence_report().items():
        (report / name).parent.mkdir(parents=True, exist_ok=True)
        (report / name).write_bytes(content)


if __name__ == "__main__":
    main()
