"""A language model as a voice: it words the chosen line anew and can do nothing else.

The line, the state and the score are decided before it is asked. If it is late, fails, or writes
what must not be said, the line stands as its author wrote it. What it wrote is kept in the log.
"""

from __future__ import annotations

import json
import os
import re
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stepdown.encounter.lines import band
from stepdown.encounter.world import World
from stepdown.problems import InputProblems, MissingExtra, Problem

TIMEOUT_S = 4.0
MOST_TOKENS = 90
MOST_BYTES = 65_536
KEY, MODEL = "STEPDOWN_LLM_KEY", "STEPDOWN_LLM_MODEL"

_UNSAFE = re.compile(
    r"\b(overdos\w*|noose|hang(ing)? (my|your)self|slit\w*|razor\w*|pills|poison\w*|bleach|"
    r"as an ai|language model|i('m| am) an assistant|i cannot (help|assist)|https?:|www\.)",
    re.IGNORECASE,
)  # fmt: skip
_INNER = re.compile(r"^[\s\"“”']+|[\s\"“”']+$")


def screened(line: str, given: str) -> str | None:
    """Return what a model wrote if it may be said in place of the line, else None.

    Refused: nothing, far longer than the line, more than one speaker, means of suicide that the
    line does not name, addresses, a model that speaks of itself.
    """
    text = _INNER.sub("", given.strip().splitlines()[0]) if given.strip() else ""
    words = len(text.split())
    if not words or words > 2 * len(line.split()) + 12 or re.match(r"^\w+:", text):
        return None
    found = _UNSAFE.search(text)
    if found and found.group().casefold() not in line.casefold():
        return None
    return text if text.isprintable() else None


def prompt(line: str, world: World) -> list[dict[str, str]]:
    """Return the request: who speaks, how they are, and the line to put in other words."""
    person = world.scenario.person
    rules = (
        f"You word one line of a role play for training. Speaker: {person.about.strip()} "
        f"They are {band(world['arousal'])} now. Say the given line in other words: same meaning, "
        "same facts, same length, same mood. One line, no quotation marks, no stage directions, "
        "nothing added."
    )
    before = f"They were just told: {world.said[-1]}\n" if world.said else ""
    return [
        {"role": "system", "content": rules},
        {"role": "user", "content": f"{before}Line: {line}"},
    ]


class Endpoint:
    """A server that speaks the OpenAI chat protocol, usually on this machine."""

    def __init__(self, url: str, timeout: float = TIMEOUT_S) -> None:
        self.url, self.timeout = url.rstrip("/") + "/chat/completions", timeout

    def worded(self, line: str, world: World) -> str | None:
        """Return the line in other words, or None to leave it."""
        if line.startswith("("):
            return None
        body = {
            "model": os.environ.get(MODEL, "local"), "messages": prompt(line, world),
            "max_tokens": MOST_TOKENS, "temperature": 0.7,
        }  # fmt: skip
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY):
            headers["Authorization"] = f"Bearer {key}"
        request = urllib.request.Request(self.url, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                found = json.loads(answer.read(MOST_BYTES))
            return screened(line, str(found["choices"][0]["message"]["content"]))
        except (OSError, ValueError, KeyError, IndexError, TypeError):
            return None


class LocalFile:
    """A model file on this machine, run by llama-cpp-python."""

    def __init__(self, path: Path) -> None:
        try:
            from llama_cpp import Llama
        except ModuleNotFoundError as error:
            raise MissingExtra("A model file as voice", "llm") from error
        self._model: Any = Llama(model_path=str(path), n_ctx=1024, verbose=False, seed=1)

    def worded(self, line: str, world: World) -> str | None:
        """Return the line in other words, or None to leave it."""
        if line.startswith("("):
            return None
        try:
            found = self._model.create_chat_completion(
                messages=prompt(line, world), max_tokens=MOST_TOKENS, temperature=0.7
            )
            return screened(line, str(found["choices"][0]["message"]["content"]))
        except (RuntimeError, ValueError, KeyError, IndexError, TypeError):
            return None


def voice_of(name: str) -> Endpoint | LocalFile:
    """Return the voice that a name stands for: an http(s) address or a model file."""
    if urlsplit(name).scheme in {"http", "https"}:
        return Endpoint(name)
    if Path(name).is_file():
        return LocalFile(Path(name))
    problem = Problem(
        "--voice", name, "an address such as http://127.0.0.1:8080/v1, or a GGUF file",
        "check the address or the path",
    )  # fmt: skip
    raise InputProblems("the voice", [problem])
