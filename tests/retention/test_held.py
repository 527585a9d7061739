from datetime import date

import numpy as np
import pytest

from stepdown.retention.held import held
from stepdown.retention.history import Rehearsal, histories
from stepdown.retention.prior import prior_of, shipped
from stepdown.retention.refit import unfitted

TODAY, TAUGHT = date(2026, 1, 31), date(2024, 1, 1)
PRIOR = prior_of(shipped())


def of(*rehearsals, today=TODAY):
    given = [Rehearsal("a", "listening", *one) for one in rehearsals]
    return held(histories(given, PRIOR.techniques), unfitted(PRIOR), today)


@pytest.mark.parametrize("kind", ["taught", "practised", "tested"])
@pytest.mark.parametrize("later", [date(2026, 2, 1), date(2062, 1, 1)])
def test_what_is_noted_for_a_day_to_come_has_not_happened(kind, later):
    plain = of((TAUGHT, "taught"))
    found = of((TAUGHT, "taught"), (later, kind, 0.1))
    assert found.since == pytest.approx([(TODAY - TAUGHT).days])
    assert found.chance(0.0) == pytest.approx(plain.chance(0.0))
    assert found.expected(90.0) == pytest.approx(plain.expected(90.0))


def test_what_is_noted_for_the_day_itself_has_happened():
    assert of((TAUGHT, "taught"), (TODAY, "taught")).since == pytest.approx([0.0])
    assert of((TAUGHT, "taught"), today=TAUGHT).since == pytest.approx([0.0])


def test_who_is_first_taught_later_holds_nothing_yet():
    found = of((date(2030, 1, 1), "taught"))
    assert not len(found.person)
    assert not np.isfinite(found.since).any()
    assert of((TAUGHT, "taught"), today=date.max).since > 365 * 7000
