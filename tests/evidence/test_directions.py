from __future__ import annotations

import pytest
from scipy.stats import binom

from stepdown.evidence.directions import directions
from tests.evidence.rows import row

NOTHING = {"scale": "none", "effect": "", "low": "", "high": "", "level": ""}


def made(better: int, worse: int, unknown: int) -> list:
    ways = ["better"] * better + ["worse"] * worse + ["no_clear_difference"] * unknown
    return [row(id=f"row_{i}", **NOTHING, direction=w) for i, w in enumerate(ways)]


def test_the_exact_binomial_test_of_known_directions() -> None:
    found = directions(made(9, 1, 0))
    assert found.p_value == pytest.approx(22 / 1024)
    assert (found.low, found.high) == pytest.approx((0.5549839, 0.9974714), abs=1e-6)
    assert found.share_better == 0.9


def test_unknown_directions_widen_the_answer_and_are_never_counted() -> None:
    found = directions(made(4, 0, 3))
    assert found.p_value == pytest.approx(0.125)
    assert found.p_least == pytest.approx(2 / 128)
    assert found.p_most == pytest.approx(1.0)
    assert found.smallest_p == pytest.approx(0.125)
    assert len(found.unknown) == 3


def test_nothing_known_gives_no_p_value() -> None:
    found = directions(made(0, 0, 2))
    assert found.p_value is None
    assert found.share_better is None
    empty = directions([])
    assert (empty.p_value, empty.p_least, empty.smallest_p) == (None, None, None)


def test_the_test_keeps_its_size() -> None:
    for n in range(1, 15):
        size = sum(
            binom.pmf(k, n, 0.5) for k in range(n + 1)
            if (p := directions(made(k, n - k, 0)).p_value) is not None and p <= 0.05
        )  # fmt: skip
        assert size <= 0.05
