"""Every example of the how-to is sent as it stands, one after the other."""

import re
import shlex
from pathlib import Path

from stepdown.web.policy import Role
from stepdown.web.practice.models import Encounter
from tests.web.conftest import Browser

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "api.md"


def examples():
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.S | re.M)
    return [b.replace("\\\n", " ") for b in blocks if b.startswith("curl")]


def sent(example, values):
    """Send what a curl command would send."""
    for name, value in values.items():
        example = example.replace(f"${name}", value)
    _curl, _fail, address, *rest = shlex.split(example)
    options = list(zip(rest[::2], rest[1::2], strict=True))
    headers = dict(text.split(": ", 1) for option, text in options if option == "-H")
    body = next((text for option, text in options if option == "-d"), None)
    media = headers.pop("Content-Type", "")
    path = address.removeprefix("https://stepdown.example")
    method = "GET" if body is None else "POST"
    return Browser().generic(method, path, body or "", content_type=media, headers=headers)


def test_every_example_of_the_how_to_works(here, program_of):
    key = program_of(here.people[Role.TRAINEE]).token
    values = {"SITE": "https://stepdown.example", "KEY": key}
    statuses = []
    for example in examples():
        answer = sent(example, values)
        statuses.append(answer.status_code)
        if "ENCOUNTER" not in values:
            values["ENCOUNTER"] = answer.json()["id"]
    assert statuses == [201, 200, 200, 200, 200, 200]
    assert Encounter.objects.get(pk=values["ENCOUNTER"]).how == "stopped"
