import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stepdown.evaluation.verdict import decide


def judged(low, high, threshold):
    """Judge one interval against a threshold that is known for certain."""
    return decide((low, high), (low - threshold, high - threshold))


@pytest.mark.parametrize(
    ("low", "high", "code"),
    [
        (-3, -1.5, "works"),
        (-3, -1, "works"),
        (-3, -0.9, "works_size_unclear"),
        (-1, -0.5, "works_size_unclear"),
        (-0.99, -0.01, "works_below_threshold"),
        (-0.99, 0, "no_worthwhile_effect"),
        (-0.5, 0.5, "no_worthwhile_effect"),
        (0, 0.5, "no_worthwhile_effect"),
        (0.01, 0.5, "harm"),
        (-1, 0, "cannot_tell"),
        (-3, 3, "cannot_tell"),
    ],
)
def test_every_position_of_the_interval_has_its_verdict(low, high, code):
    assert judged(low, high, -1) == code


numbers = st.floats(-1e6, 1e6)


@given(numbers, numbers, st.floats(-1e6, -1e-6))
def test_the_verdict_never_claims_more_than_the_interval(a, b, threshold):
    low, high = min(a, b), max(a, b)
    code = judged(low, high, threshold)
    assert (code == "works") == (high <= threshold)
    if code in {"works", "works_below_threshold", "works_size_unclear"}:
        assert high < 0
    if code == "harm":
        assert low > 0
    if code == "cannot_tell":
        assert low <= threshold
        assert high >= 0


@given(numbers, numbers, st.floats(-1e6, -1e-6), st.floats(0.001, 1000))
def test_the_verdict_does_not_depend_on_the_unit(a, b, threshold, unit):
    low, high = min(a, b), max(a, b)
    # Where scaling rounds an end onto a border, the two may rightly differ.
    assume(all(abs(x - border) > 1e-6 for x in (low, high) for border in (0, threshold)))
    assert judged(low, high, threshold) == judged(low * unit, high * unit, threshold * unit)


@pytest.mark.parametrize(("effect", "beyond"), [((1, -1), (0, 1)), ((-1, 1), (2, 1))])
def test_an_impossible_interval_is_refused(effect, beyond):
    with pytest.raises(ValueError, match="low <= high"):
        decide(effect, beyond)


def test_an_uncertain_threshold_takes_the_claim_of_its_size_away():
    assert decide((-3, -1.2), (-2, -0.2)) == "works"
    assert decide((-3, -1.2), (-2.4, 0.3)) == "works_size_unclear"
