import pytest
from django.utils import translation

from stepdown.retention import refresher
from stepdown.retention.words import why
from stepdown.web.records.models import Visit
from stepdown.web.records.rehearsed import techniques
from stepdown.web.records.saying import why_of
from tests.web.conftest import NOW

DAYS = (0.0, 4.0, 10.0, 16.0, 31.0, 45.6, 46.0, 200.0, 1000.0)


@pytest.mark.parametrize("by_lot", [False, True])
@pytest.mark.parametrize("chance", [0.0, 0.005, 0.5, 0.999, 1.0])
@pytest.mark.parametrize("days", DAYS)
def test_in_english_the_reason_is_that_of_the_library(days, chance, by_lot):
    for kept in (("listening",), ("position", "environment", "options"), ("unknown",)):
        values = {
            "day": NOW.date(), "refresher": "bridge", "hours": 1.0, "techniques": kept,
            "since_days": days, "chance": chance, "worth_days": 2 * days, "by_lot": by_lot,
        }  # fmt: skip
        expected = why(refresher.Visit(person="p", **values), techniques())
        assert why_of(Visit(**values)) == expected


def test_in_another_language_names_of_techniques_are_in_it_too():
    visit = Visit(techniques=["listening"], since_days=90, chance=0.5, worth_days=60, by_lot=False)
    with translation.override("es"):
        assert "Escucha" in why_of(visit)
