"""Scenario files that are broken in many ways, each from a seed: for tests, and for a long soak."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from stepdown.yaml_text import loaded


@cache
def sound() -> str:
    """The text of a scenario that ships."""
    return files("stepdown.scenarios").joinpath("police/bridge.yaml").read_text(encoding="utf-8")


@cache
def _short() -> str:
    """The text of a sound scenario with few lines: it is read many times."""
    document = loaded(sound())
    document["lines"] = [x for x in document["lines"] if "any" in x.get("on", "any")]
    for field in ("better", "needs"):
        document[field] = document.get(field, [])[:2]
    text = io.StringIO()
    yaml = YAML()
    yaml.width = 90
    yaml.dump(document, text)
    return text.getvalue()


def malformed(count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield `count` files as name and content; the same seed gives the same files."""
    for n in range(count):
        chance = random.Random(f"{seed}.{n}")
        break_it = WAYS[n % len(WAYS)]
        yield f"{break_it.__name__.strip('_')}-{n}.yaml", break_it(_short(), chance)


def _cut_off(text: str, chance: random.Random) -> bytes:
    return text[: chance.randrange(1, len(text))].encode()


def _flipped_bytes(text: str, chance: random.Random) -> bytes:
    content = bytearray(text.encode())
    for _ in range(chance.randrange(1, 30)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def _no_utf8(text: str, chance: random.Random) -> bytes:
    at = chance.randrange(len(text))
    return (text[:at] + "é" + text[at:]).encode("latin-1", "replace")


def _lines_lost(text: str, chance: random.Random) -> bytes:
    lines = text.splitlines(keepends=True)
    for _ in range(chance.randrange(1, 12)):
        del lines[chance.randrange(len(lines))]
    return "".join(lines).encode()


def _lines_mixed(text: str, chance: random.Random) -> bytes:
    lines = text.splitlines(keepends=True)
    at = chance.randrange(len(lines) - 20)
    part = lines[at : at + 20]
    chance.shuffle(part)
    return "".join([*lines[:at], *part, *lines[at + 20 :]]).encode()


def _indent_shifted(text: str, chance: random.Random) -> bytes:
    lines = text.splitlines(keepends=True)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(lines))
        lines[at] = " " * chance.randrange(1, 9) + lines[at].lstrip()
    return "".join(lines).encode()


def _numbers_wrong(text: str, chance: random.Random) -> bytes:
    odd = ["-1", "1e999", ".nan", ".inf", "99999999999999999999", "0x7f", "yes", "~"]
    return re.sub(
        r"(?<=: )\d+(\.\d+)?\b", lambda m: chance.choice([m.group(), *odd]), text
    ).encode()


def _fields_renamed(text: str, chance: random.Random) -> bytes:
    return re.sub(
        r"(?m)^( *)(\w+):", lambda m: f"{m[1]}{m[2]}{'x' * (chance.random() < 0.05)}:", text
    ).encode()


def _values_of_another_kind(text: str, chance: random.Random) -> bytes:
    field = chance.choice(["title", "person", "lines", "cues", "endings", "notes", "minutes", "id"])
    value = chance.choice(["[]", "{}", "3", "null", "true", "[[[1]]]", "!!set {a}", "{1: {2: 3}}"])
    return (
        f"{text}\n{field}: {value}\n".encode()
        if chance.random() < 0.3
        else re.sub(rf"(?ms)^{field}:.*?(?=^\w)", f"{field}: {value}\n", text).encode()
    )


def _unseen_signs(text: str, chance: random.Random) -> bytes:
    sign = chance.choice(["\x00", "\x1b", "\x7f", "\u202e", "\ud800", "\ufffe", "\x85"])
    at = chance.randrange(len(text))
    return (text[:at] + sign + text[at:]).encode("utf-8", "surrogatepass")


def _unseen_escapes(text: str, chance: random.Random) -> bytes:
    escape = chance.choice(["\\0", "\\e", "\\u202e", "\\ud800", "\\x07", "\\U00110000"])
    field = chance.choice(["title", "sector", "summary", "opening", "attribution"])
    return re.sub(rf"(?ms)^{field}:.*?(?=^\w)", "", text).encode() + (
        f'\n{field}: "a{escape}b"\n'.encode()
    )


def _deep(text: str, chance: random.Random) -> bytes:
    return (chance.choice(["[", "{a: ", "- "]) * chance.randrange(200, 3000)).encode()


def _aliases(text: str, chance: random.Random) -> bytes:
    bomb = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20))
    return f"a0: &a0 [x]\n{bomb}\n{text}".encode()


def _tags(text: str, chance: random.Random) -> bytes:
    tag = chance.choice(
        ["!!python/object/apply:os.system ['true']", "!!binary '@@'", "!!omap [1]",
         "!!timestamp 2020-99-99", "!!float x", "!unknown {}", "!!merge <<"]
    )  # fmt: skip
    return text.replace("minutes:", f"minutes: {tag} #", 1).encode()


def _two_documents(text: str, chance: random.Random) -> bytes:
    return f"{text}\n---\n{text[: chance.randrange(300)]}".encode()


def _something_else(text: str, chance: random.Random) -> bytes:
    return chance.choice(
        [b"", b"\n", b"- 1\n", b"%PDF-1.7\n%\xe2\xe3", b"PK\x03\x04" + bytes(40), bytes(2000),
         b"\x89PNG\r\n\x1a\n", b"<html><script>alert(1)</script>", b"{" * 50, b'{"id": "x"}',
         b"a: 1\na: 2\n", chance.randbytes(500), b"\xff\xfe" + "id: x".encode("utf-16-le")]
    )  # fmt: skip


def _names_of_nothing(text: str, chance: random.Random) -> bytes:
    wrong = re.sub(r"\{name\}", lambda m: "{nobody}" if chance.random() < 0.3 else m[0], text)
    return wrong.replace("profile:", "profile: no_such #", 1).encode()


def _too_large(text: str, chance: random.Random) -> bytes:
    return (text + "# " + "x" * (300 * 1024)).encode()


WAYS: tuple[Callable[[str, random.Random], bytes], ...] = (
    _cut_off, _flipped_bytes, _no_utf8, _lines_lost, _lines_mixed, _indent_shifted,
    _numbers_wrong, _fields_renamed, _values_of_another_kind, _unseen_signs, _unseen_escapes,
    _deep, _aliases, _tags, _two_documents, _something_else, _names_of_nothing, _too_large,
)  # fmt: skip
