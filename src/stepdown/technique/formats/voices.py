"""Who says what inside a caption: voice tags, `NAME:`, and the marks of a change."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from stepdown.technique.formats.captions import Caption
from stepdown.technique.formats.cue import Cue
from stepdown.technique.formats.names import known_names, said_by

SHARED = "shares its caption's time"
"""Flag of a turn whose caption holds two speakers: when they changed is unknown."""

_TAG = re.compile(
    r"</?(?:c|i|b|u|s|ruby|rt|lang|font)(?:[.\s][^<>]*)?>|</v\s*>|<\d[\d:.,]*>|\{\\[^{}]*\}",
    re.IGNORECASE,
)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s([^<>]*)>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|\w+);")
_CHANGE = re.compile(r"\s*(?:>>>?|&gt;&gt;(?:&gt;)?)\s*")
_DASH = re.compile(r"\s*[-–—]\s*(?=\S)")


def spoken(captions: list[Caption]) -> list[Cue]:
    """Give what was said in captions: one cue per speaker in each."""
    names = known_names(_plain(line) for c in captions for line in c.lines)
    cues: list[Cue] = []
    for caption in captions:
        cues += _timed(_parts(caption, names), caption)
    return cues


def _plain(line: str) -> str:
    """Return a line as `known_names` must see it: without markup and marks of change."""
    text = _text(_VOICE.sub("", line))
    for mark in (_CHANGE, _DASH):
        found = mark.match(text)
        text = text[found.end() :] if found else text
    return text


def _text(markup: str) -> str:
    """Strip inline tags and decode entities."""
    return _ENTITY.sub(lambda m: html.unescape(m[0]), _TAG.sub("", markup))


@dataclass(slots=True)
class _Part:
    speaker: str | None
    changed: bool
    texts: list[str]


def _parts(caption: Caption, names: frozenset[str]) -> list[_Part]:
    dashes = sum(bool(_DASH.match(line)) for line in caption.lines) > 1
    parts = [_Part(None, False, [])]
    for line in caption.lines:
        pieces = _VOICE.split(line)
        _add(parts, pieces[0], names, dashes)
        for voice, piece in zip(pieces[1::2], pieces[2::2], strict=True):
            parts.append(_Part(_text(voice).strip() or None, True, [_text(piece)]))
    filled = [p for p in parts if p.speaker or p.changed or any(t.strip() for t in p.texts)]
    return filled or parts[:1]


def _add(parts: list[_Part], markup: str, names: frozenset[str], dashes: bool) -> None:
    mark = _CHANGE.match(markup) or (_DASH.match(markup) if dashes else None)
    text = _text(markup[mark.end() :] if mark else markup)
    dash = _DASH.match(text)
    speaker, rest, _ = said_by(text[dash.end() :] if dash else text, names)
    if speaker is None and mark is None:
        parts[-1].texts.append(text)
    else:
        parts.append(_Part(speaker, True, [rest if speaker else text]))


def _timed(parts: list[_Part], caption: Caption) -> list[Cue]:
    """Give a caption's time to its parts: when the speaker changed inside it, nobody knows."""
    cues = []
    for n, part in enumerate(parts):
        cues.append(
            Cue(
                line=caption.line,
                speaker=part.speaker,
                text="\n".join(part.texts),
                start=caption.start if n == 0 else None,
                end=caption.end if n == len(parts) - 1 else None,
                changed=part.changed and part.speaker is None,
                flags=(SHARED,) if len(parts) > 1 else (),
            )
        )
    return cues
