"""How templates say times, names and the words of the libraries."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from stepdown.problems import Phrase

MINUS = "\N{MINUS SIGN}"

register = template.Library()


@register.filter
def said(text: object) -> str:
    """Return a word of the libraries in the reader's language."""
    return told(gettext(str(text)) if text and not isinstance(text, Phrase) else text or "")


@register.filter
def told(text: object) -> str:
    """Return a text in the reader's language if a library made it; else as it stands."""
    return text.told(gettext) if isinstance(text, Phrase) else str(text)


@register.filter
def plainly(name: object) -> str:
    """Return an id as words, in the reader's language."""
    return gettext(str(name).replace("_", " ")) if name else ""


@register.filter
def clock(seconds: float) -> str:
    """Return seconds as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


@register.filter
def signed(number: float) -> str:
    """Return a number with its sign, a true minus for less; what rounds to nothing has none."""
    shown = number_format(f"{abs(number):.2f}")
    if abs(number) < 0.005:
        return shown
    return f"{'+' if number > 0 else MINUS}{shown}"


@register.filter
def shortly(number: float) -> str:
    """Return a number with two decimals at most, and no zeros at its end: 1.5, 16."""
    return number_format(f"{number:.2f}".rstrip("0").rstrip("."))


@register.filter
def of(table: dict[object, object], key: object) -> object:
    """Return what a table holds for a key."""
    return table.get(key)


@register.filter
def drawn(svg: str) -> SafeString:
    """Return a drawing of our own, whose texts were escaped when it was drawn."""
    return mark_safe(svg)  # noqa: S308
