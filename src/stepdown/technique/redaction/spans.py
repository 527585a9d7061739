"""What was found to be personal, and the text with it masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["url", "email", "id", "plate", "phone", "address", "date", "name"]
"""What a span is. Where two kinds overlap, the one that stands first here names the whole."""

KINDS: tuple[Kind, ...] = get_args(Kind)

NOTICE = (
    "Personal data were masked by rules. The redaction may be incomplete: a person must read this "
    "file before it leaves the agency."
)
"""The sentence that every redacted file must carry."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters start..end-1 of the original text that are personal."""

    start: int
    end: int
    kind: Kind

    @property
    def mask(self) -> str:
        """What stands in the place of the span."""
        return f"[{self.kind}]"


@dataclass(frozen=True, slots=True)
class Redacted:
    """A masked text, and the spans of the original that were masked, in order, never touching."""

    text: str
    spans: tuple[Span, ...]


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans that overlap or touch, so that every character of each stays covered."""
    joined: list[Span] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        last = joined[-1] if joined else None
        if last is None or span.start > last.end or _apart(last, span):
            joined.append(span)
            continue
        kind = min(last.kind, span.kind, key=KINDS.index)
        joined[-1] = Span(last.start, max(last.end, span.end), kind)
    return tuple(joined)


def _apart(first: Span, second: Span) -> bool:
    return second.start == first.end and first.kind != second.kind


def masked(text: str, spans: tuple[Span, ...]) -> str:
    """Write `text` with the mask of each of the ordered `spans` in its place."""
    parts: list[str] = []
    done = 0
    for span in spans:
        parts += [text[done : span.start], span.mask]
        done = span.end
    return "".join([*parts, text[done:]])
