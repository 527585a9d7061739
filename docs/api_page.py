"""The page of the reference that describes the JSON API, written from its OpenAPI schema."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

PREFIX = "/api/v1"
INTRO = f"""# JSON API

The same acts as in the pages, for programs, under `{PREFIX}`. OpenAPI schema: `{PREFIX}/openapi.json`.
How to use it, with examples: [how-to](../how-to/api.md).
This page is generated from the code: `make docs`.

**Who calls.** `Authorization: Bearer KEY`, with a key made on one's own page, or a browser that is
signed in (what changes something then needs the header `X-CSRFToken`). A key never may do more than
its person, and only what its scopes name:

{{scopes}}

**What goes wrong** is answered as a [Fault](#fault): 400 and 422 what you sent does not fit, 401 no key
or one that opens nothing, 403 not allowed, 404 not there, or not for you to know of, 405 no such
method, 409 it does not fit how far things have come, 413 too large, 429 too often (`Retry-After` says
how many seconds to wait), 503 busy, 507 the disk is full. After 429, 503 and 507 nothing was done:
send it again, an act with the same `Idempotency-Key`.

**How often.** {{act}} calls a minute that do something and {{read}} that read, for each person.

**What is hidden** stays hidden while an encounter runs: what the person feels in numbers, codes and
chances are told by the review alone, after the end.
"""


def api_page(section: Callable[[str, dict[str, Any], dict[str, Any]], list[str]]) -> str:
    """Return the page. `section` describes one group of fields as a table."""
    schema = _schema()
    from stepdown.web.accounts.tokens import SCOPES  # noqa: PLC0415
    from stepdown.web.limits import A_MINUTE  # noqa: PLC0415

    scopes = "\n".join(f"- `{name}`: {what}" for name, what in SCOPES.items())
    lines = [INTRO.format(scopes=scopes, **A_MINUTE)]
    lines += ["## Operations", ""]
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            lines += _operation(method, path.removeprefix(PREFIX), operation)
    parts = schema["components"]["schemas"]
    lines += ["## What is sent and answered", ""]
    for name, part in sorted(parts.items()):
        node = {**part, "properties": {k: _plain(v) for k, v in part.get("properties", {}).items()}}
        if "properties" in part:
            lines += section(name, node, {"$defs": parts})
        else:
            choices = ", ".join(_link(option["$ref"]) for option in part["oneOf"])
            lines += [f"## {name}", "", f"{part['description']} One of: {choices}.", ""]
    return "\n".join(lines).rstrip() + "\n"


def _schema() -> dict[str, Any]:
    """Return the OpenAPI schema as a program reads it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepdown.web.settings")
    os.environ.setdefault("STEPDOWN_SECRET_KEY", "the page of the reference needs none of its own")
    import django  # noqa: PLC0415

    django.setup()
    from stepdown.web.api import api  # noqa: PLC0415

    read: dict[str, Any] = json.loads(
        json.dumps(api.get_openapi_schema(path_prefix=PREFIX + "/"), default=str)
    )
    return read


def _operation(method: str, path: str, operation: dict[str, Any]) -> list[str]:
    """Describe one operation: what it does, what it takes and gives, which scope it asks for."""
    lines = [f"### `{method.upper()} {path}`", "", f"{operation['summary']}."]
    if operation["description"].rstrip(".") != operation["summary"]:
        lines[-1] += f" {operation['description']}"
    lines += ["", f"- scope: `{operation['x-scope']}`"]
    for parameter in operation["parameters"]:
        if parameter["in"] != "path":
            told = parameter.get("description", "")
            lines.append(f"- {parameter['in']} `{parameter['name']}`: {told}")
    if "requestBody" in operation:
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        lines.append(f"- body: {_link(body['$ref'])}")
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            ((media, content),) = answer["content"].items()
            told = _link(content["schema"]["$ref"]) if "$ref" in content["schema"] else f"`{media}`"
            lines.append(f"- answer: {status}, {told}")
    return [*lines, ""]


def _link(ref: str) -> str:
    name = ref.rsplit("/", maxsplit=1)[-1]
    return f"[{name}](#{name.lower()})"


def _plain(node: dict[str, Any]) -> dict[str, Any]:
    """Return a field whose one-armed `allOf` is gone."""
    return {**node, **node["allOf"][0]} if len(node.get("allOf", ())) == 1 else node
