"""Curricula for tests: a small one, and any that hypothesis can think of."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from stepdown.retention.curriculum import (
    DELIVERIES,
    Curriculum,
    Item,
    Line,
    Module,
    Reference,
    Technique,
    Text,
)
from stepdown.retention.publishing import Published, publish_curriculum

FIRST_DAY = date(2028, 2, 29)


def module(name: str = "listen", **changed: Any) -> Module:
    fields = {
        "id": name, "title": "Listening", "hours": 2.0, "delivery": ("classroom",),
        "objectives": (Item(id="first", text="Listen first."),),
        "techniques": ("listening",), "scenarios": ("bridge",),
        "fidelity": (Item(id="led", text="Everybody led once."),
                     Item(id="fed_back", text="Feedback was given.")),
        "references": (Reference(id="beta", source="Richmond and others 2012"),),
    }  # fmt: skip
    return Module(**{**fields, **changed})


def curriculum(*modules: Module, **changed: Any) -> Curriculum:
    fields = {
        "id": "basics", "title": "Basics", "for_whom": "Everybody.",
        "techniques": (Technique(id="leave", name="Leaving"),),
        "modules": modules or (module("listen"), module("room", hours=1.5), module("leave")),
    }  # fmt: skip
    return Curriculum(**{**fields, **changed})


def published(*modules: Module, day: date = FIRST_DAY) -> Published:
    return publish_curriculum(None, curriculum(*modules), "The first one.", day)


def fits(kind: Any) -> Any:
    adapter = TypeAdapter(kind)

    def holds(value: str) -> bool:
        try:
            adapter.validate_python(value)
        except ValidationError:
            return False
        return True

    return holds


NASTY = ("yes", "null", "~", "1:30", "0o10", "1e3", "2026-01-01", "# x", "a: b", "- a", "[a", "{a",
         "'a", '"a', "a #b", "%a", "&a", "*a", "!a", "|", ">", ".nan", "=", "<<", "a\n\n  b",
         "a\n b\nc", "---", "...", "\ufeffa", "a\n---\nb", "word " * 80, "x" * 150 + "  y" * 40,
         "=cmd|' /C calc'!A0", "\U0001f600 é", "\u202eabc")  # fmt: skip
ids = st.from_regex(r"[a-z][a-z0-9_-]{0,6}", fullmatch=True)
letters = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
lines = st.text(letters, min_size=1, max_size=40)
texts = st.one_of(
    st.sampled_from(NASTY), st.text(letters | st.just("\n"), min_size=1, max_size=120)
).filter(fits(Text))  # fmt: skip
titles = st.one_of(st.sampled_from([t for t in NASTY if fits(Line)(t)]), lines).filter(fits(Line))
words = st.lists(ids, max_size=4, unique=True).map(tuple)
hours = st.integers(1, 40_000).map(lambda n: n / 100)


def several(parts: st.SearchStrategy[Any], least: int = 0, most: int = 4) -> Any:
    unique = st.lists(parts, min_size=least, max_size=most, unique_by=lambda part: part.id)
    return unique.map(tuple)


items = st.builds(Item, id=ids, text=texts)
references = st.builds(
    Reference, id=ids, source=texts, doi=st.sampled_from(["", "10.1000/a:b#c"]),
    url=st.sampled_from(["", "https://example.org/a?b=c#d"]), shows=st.none() | texts,
)  # fmt: skip
modules = st.builds(
    Module, id=ids, title=titles, hours=hours,
    delivery=st.lists(st.sampled_from(DELIVERIES), min_size=1, unique=True).map(tuple),
    objectives=several(items, 1), techniques=words, scenarios=words,
    when_talk_fails=several(items), fidelity=several(items),
    references=several(references, most=2), assumed=several(items),
)  # fmt: skip
curricula = st.builds(
    Curriculum, id=ids, title=titles, for_whom=texts, about=st.none() | texts,
    techniques=several(st.builds(Technique, id=ids, name=titles)), assumed=several(items),
    modules=several(modules, 1, 3),
)  # fmt: skip
