from datetime import date

from stepdown.retention.calibration import calibration
from stepdown.retention.checked import checked, quarters
from stepdown.retention.history import Rehearsal, histories
from stepdown.retention.prior import prior_of, shipped
from stepdown.retention.refit import unfitted

PRIOR = prior_of(shipped())
TAUGHT, TODAY = date(2025, 4, 1), date(2026, 1, 1)


def known(tests):
    given = [Rehearsal(f"p{n}", "listening", TAUGHT, "taught") for n in range(max(tests, 1))]
    given += [
        Rehearsal(f"p{n}", "listening", date(2025, 10, 3), "tested", n / 20) for n in range(tests)
    ]
    return histories(given, PRIOR.techniques)


def test_quarters_are_those_after_the_first_teaching():
    assert quarters(known(0), TODAY) == [date(2025, 7, 1), date(2025, 10, 1), TODAY]


def test_predictions_are_judged_in_bins_of_about_five_tests_and_not_without_a_test():
    fit = unfitted(PRIOR)
    assert checked(known(0), fit, TODAY) is None
    for tests, bins in ((1, 1), (12, 2), (20, 4)):
        found = checked(known(tests), fit, TODAY)
        assert found == calibration(known(tests), fit, quarters(known(tests), TODAY), bins)
        assert (found.tests, len(found.bins)) == (tests, bins)
