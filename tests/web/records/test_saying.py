import uuid
from datetime import date

import pytest
from django.utils import translation

from stepdown.encounter.review.rubric import domains
from stepdown.web.records.models import Visit
from stepdown.web.records.saying import told_of, why_in_mail
from stepdown.web.records.saying import why_of as why_of_all

LAST = date(2025, 1, 20)
PERSON = uuid.uuid4()
NEVER = ("standard", "chance", "%", "held")


def in_mail(visit):
    return why_in_mail(visit, domains())


def why_of(visit, **named):
    return why_of_all([visit], domains(), **named)


def visit(**changed):
    values = {
        "day": date(2026, 3, 2), "refresher": "bridge", "techniques": ["listening"],
        "since_days": 5.0, "last": LAST, "chance": 0.4, "worth_days": 61.0, "by_lot": False,
    }  # fmt: skip
    return Visit(**(values | changed))


def test_it_says_the_age_of_the_day_on_record_and_what_is_estimated():
    assert why_of(visit()) == (
        "Listening: 13 months since they were last taught or tested in it (20 Jan 2025); below the "
        "standard by then with a chance of 60 %, as estimated; a refresher should bring about 2 "
        "months of held skill in the next 12 months."
    )
    assert "13 months since you were last taught or tested in it" in why_of(visit(), own=True)


def test_of_several_techniques_it_is_the_last_of_any():
    for own in (True, False):
        told = why_of(visit(techniques=["listening", "options"]), own=own)
        assert "last taught or tested in any of it (20 Jan 2025)" in told


@pytest.mark.parametrize(("day", "age"), [
    (date(2026, 3, 2), "13 months"), (date(2026, 8, 1), "18 months"), (LAST, "a week"),
    (date(2025, 2, 3), "2 weeks"),
])  # fmt: skip
@pytest.mark.parametrize("by_lot", [False, True])
def test_in_every_month_it_is_counted_from_the_record(day, age, by_lot):
    for since_days in (0.0, 500.0):
        made = visit(day=day, since_days=since_days, by_lot=by_lot)
        assert f"{age} since they were last" in why_of(made)
        if not by_lot:
            assert f"It is {age} since you were last taught or tested" in in_mail(made)


def test_where_no_day_is_on_record_no_time_is_told():
    for by_lot in (False, True):
        for told in (why_of(visit(last=None, by_lot=by_lot)),
                     in_mail(visit(last=None, by_lot=by_lot))):  # fmt: skip
            assert "listening" in told.lower()
            assert "since" not in told
            assert "last taught" not in told


def test_in_mail_is_no_estimate():
    for by_lot in (False, True):
        told = in_mail(visit(by_lot=by_lot))
        assert not [word for word in NEVER if word in told]


def test_who_was_drawn_by_lot_is_told_so():
    assert why_of(visit(by_lot=True), own=True) == (
        "Drawn by lot, to find out how long listening lasts here; 13 months since you were last "
        "taught or tested in it (20 Jan 2025)."
    )
    assert in_mail(visit(by_lot=True)) == (
        "Drawn by lot, to find out how long listening lasts here."
    )


def test_in_another_language_names_of_techniques_are_in_it_too():
    with translation.override("es"):
        assert "Escucha" in why_of(visit())


def test_who_comes_for_several_things_in_a_month_is_told_one_sentence_about_all_of_them():
    months = [date(2026, 3, 2), date(2026, 3, 2), date(2026, 4, 1)]
    made = [visit(day=day, techniques=[t], person_id=PERSON, worth_days=worth)
            for day, t, worth in zip(months, ("listening", "options", "respect"), (40, 51, 5),
                                     strict=True)]  # fmt: skip
    other = visit(person_id=uuid.uuid4())
    told = told_of([*made, other], domains())
    assert [visits for visits, _why in told] == [made[:2], made[2:], [other]]
    assert told[0][1].startswith("Listening, assessment and options: 13 months since they were")
    assert "3 months of held skill, in all of them together, in the next 12 months." in told[0][1]
    assert told[1][1] == why_of(made[2])
