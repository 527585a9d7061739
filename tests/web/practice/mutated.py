"""Logs that were edited or broken, each from a seed: for tests, and for a long soak."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

JUNK: tuple[Any, ...] = (
    None, -1, 10**30, 2**63, 0.5, 1e308, float("nan"), "x", "\x00", "\ud800", "\u202e<script>",
    [], {}, [[1]], {"line": 9999}, True, "y" * 20_000, {"a": {"b": [1e999]}},
)  # fmt: skip


def mutated(log: bytes, count: int, seed: int = 0) -> Iterator[bytes]:
    """Yield `count` broken or edited logs; the same seed gives the same ones."""
    for n in range(count):
        chance = random.Random(f"{seed}.{n}")
        yield _WAYS[n % len(_WAYS)](log, chance)


def _value(log: bytes, chance: random.Random) -> bytes:
    """Put junk in the place of a value somewhere, or take it away."""
    records = [json.loads(line) for line in log.splitlines()]
    inside: Any = records[chance.choice([0, chance.randrange(len(records))])]
    for _ in range(chance.randrange(5)):
        parts = list(inside.values() if isinstance(inside, dict) else inside)
        inside = chance.choice([p for p in parts if isinstance(p, dict | list) and p] or [inside])
    key = chance.choice(list(inside) if isinstance(inside, dict) else range(len(inside)))
    if chance.random() < 0.25:
        del inside[key]
    else:
        inside[key] = chance.choice(JUNK)
    return _written(records)


def _order(log: bytes, chance: random.Random) -> bytes:
    """Double, move or drop lines, or number them anew."""
    records = [json.loads(line) for line in log.splitlines()]
    place = chance.randrange(len(records))
    records.insert(chance.randrange(len(records)), records[place])
    if chance.random() < 0.5:
        del records[chance.randrange(len(records))]
    if chance.random() < 0.7:
        for n, record in enumerate(records):
            record["n"] = n
            record["t"] = max([record["t"], *(r["t"] for r in records[:n])])
    return _written(records)


def _bytes(log: bytes, chance: random.Random) -> bytes:
    """Change bytes anywhere."""
    broken = bytearray(log)
    for _ in range(chance.randrange(1, 20)):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken)


def _cut(log: bytes, chance: random.Random) -> bytes:
    return log[: chance.randrange(len(log))]


def _foreign(log: bytes, chance: random.Random) -> bytes:
    """Give something that is no log at all."""
    return chance.choice([
        b"\x00" * 5000, b"\xff\xfe" * 999 + b"\n", b"{}\n" * 500, b"[" * 100_000 + b"\n",
        b"PK\x03\x04" + chance.randbytes(3000), b"\n" * 3000, log.decode().encode("utf-16"),
        b'{"n":' + b"9" * 5000 + b"}\n", b'{"n":1e999,"t":0,"kind":"start"}\n',
        log.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + log,
    ])  # fmt: skip


def _written(records: Sequence[Any]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


_WAYS = (_value, _value, _value, _order, _bytes, _cut, _foreign)
