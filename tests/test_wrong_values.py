from __future__ import annotations

import datetime as dt
import pickle
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stepdown.problems import Phrase, Problem
from stepdown.wrong_values import expected_of, faults, placed, shown


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    hours: float = 1.0


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: Annotated[str, Field(pattern="^[a-z][a-z0-9_-]*$")] = "a"
    parts: list[Part] = []
    count: Annotated[int, Field(ge=1, le=9)] = 1
    kind: Literal["new", "old"] = "new"
    day: dt.date = dt.date(2026, 1, 1)
    on: bool = True
    name: Annotated[str, Field(min_length=1, max_length=5)] = "a"


def wrong(**values: object):
    with pytest.raises(ValidationError) as raised:
        Whole.model_validate(values)
    return faults(raised.value, Whole)


@pytest.mark.parametrize(
    ("values", "given", "expected"),
    [
        ({"count": "many"}, "'many'", "a whole number"),
        ({"count": 12}, "12", "at most 9"),
        ({"count": None}, "nothing", "a whole number"),
        ({"parts": {"a": 1}}, "the fields a", "a list"),
        ({"parts": [3]}, "3", "fields of its own below it"),
        ({"parts": [{"title": "a", "hours": "two"}]}, "'two'", "a number"),
        ({"parts": [{"title": ["a"]}]}, "a list of 1", "text"),
        ({"kind": "other"}, "'other'", "one of: new, old"),
        ({"day": "soon"}, "'soon'", "a day such as 2026-03-01"),
        ({"on": "perhaps"}, "'perhaps'", "true or false"),
        ({"id": "A b"}, "'A b'", "small letters, digits, - and _, without spaces or accents"),
        ({"name": ""}, "nothing", "some text"),
        ({"name": "longer"}, "'longer'", "at most 5 characters"),
    ],
)
def test_what_is_expected_is_said_in_plain_words(values, given, expected):
    assert [(said[1], said[2]) for said in wrong(**values)] == [(given, expected)]


def test_a_name_that_is_nearly_a_field_is_recognised_wherever_it_stands():
    [missing, unknown] = wrong(parts=[{"title": "a"}, {"titel": "b"}])
    assert (missing[0], missing[2], missing[3]) == (
        ("parts", 1, "title"), "the field `title`", "add `title: …`",
    )  # fmt: skip
    assert unknown[1] == "a field `titel`, which there is not"
    assert (unknown[2], unknown[3]) == ("one of: title, hours", "did you mean `title`?")
    [other] = wrong(colour="red")
    assert other[3] == "leave it out, or correct its name"


def test_places_are_counted_as_people_count():
    assert placed(("modules", 3, "title")) == "modules 4, title"
    assert placed((0, "a")) == "1, a"
    assert placed(()) == ""


def test_long_values_are_cut_and_lists_and_fields_are_no_code():
    assert len(shown("x" * 500)) == 80
    assert shown({"a": 1, "b": {}}) == "the fields a, b"
    assert shown([1, 2]) == "a list of 2"
    assert shown(True) == "true"
    assert shown(dt.date(2026, 3, 1)) == "2026-03-01"


def test_a_kind_of_error_that_is_not_foreseen_keeps_its_own_words():
    error = {"type": "some_new_kind", "msg": "Input should be blue"}
    assert expected_of(error) == "blue"


def test_a_phrase_is_a_text_that_can_be_said_in_another_language():
    made = Phrase.of("at least %(ge)s", ge=3)
    assert made == "at least 3"
    assert made.told({"at least %(ge)s": "al menos %(ge)s"}.get) == "al menos 3"
    assert Phrase("100 %").told(str.upper) == "100 %"
    problem = Problem("x", made, made, made)
    assert problem.as_dict()["given"].told(str) == "at least 3"
    assert pickle.loads(pickle.dumps(made)).values == {"ge": 3}
