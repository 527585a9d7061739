import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from stepdown.evaluation.beside import Belief, Span, read_beside, times_as_many
from stepdown.evaluation.deciding import Reach
from stepdown.evaluation.design_check import check_study
from stepdown.evaluation.estimators import Z95, Estimate
from stepdown.evaluation.evaluate import evaluate_study
from stepdown.evaluation.power import DETECTABLE
from stepdown.evaluation.results_file import write_results
from stepdown.evaluation.verify import verify

from .plans import plan, write_study
from .test_evaluate import big_panel

NORMAL = Reach(Z95, Z95)
FLAT = Belief("flat", 0.0, None, "data alone")
SCEPTICAL = Belief("sceptical", 0.0, 0.2, "none", ("a",))
EVIDENCE = Belief("evidence", -0.16, 0.16, "span", ("b",))


def fit(estimate=-0.1, se=0.05, baseline=1.0, var=0.0, cov=0.0):
    return Estimate(estimate, se, se, 0.0, baseline, var, cov, 0.0, 0.0)


def read(found, *beliefs, reach=NORMAL, fewer=True, worthwhile=-0.1):
    return read_beside(found, reach, beliefs, fewer_is_better=fewer, worthwhile=worthwhile)


def test_the_flat_belief_is_the_data_alone():
    one = fit(var=0.001, cov=-0.0004)
    (flat,) = read(one, FLAT, reach=Reach(2.5, 3.1))
    assert flat.after == pytest.approx(-10, abs=0.02)
    assert flat.after_low == pytest.approx(one.percent_end(-2.5), abs=0.05)
    assert flat.after_high == pytest.approx(one.percent_end(3.1), abs=0.05)
    assert flat.before is None


@pytest.mark.parametrize("belief", [SCEPTICAL, EVIDENCE])
def test_posteriors_agree_with_an_independent_integration(belief):
    found = fit(-0.12, 0.07)
    (reading,) = read(found, belief)

    def density(log_ratio):
        return norm.pdf(log_ratio, belief.mean, belief.sd) * norm.pdf(
            -0.12, np.expm1(log_ratio), 0.07
        )

    total = quad(density, -2, 1)[0]
    for end, share in (
        (reading.after_low, 0.025),
        (reading.after, 0.5),
        (reading.after_high, 0.975),
    ):
        assert quad(density, -2, np.log1p(end / 100))[0] / total == pytest.approx(share, abs=2e-4)
    assert reading.probability_better == pytest.approx(quad(density, -2, 0)[0] / total, abs=2e-4)
    at = np.log(0.9)
    assert reading.probability_worthwhile == pytest.approx(
        quad(density, -2, at)[0] / total, abs=2e-4
    )


def test_the_belief_before_the_data_is_shown_as_it_is():
    (reading,) = read(fit(), EVIDENCE)
    assert reading.before == pytest.approx(100 * np.expm1(-0.16), abs=0.02)
    assert reading.before_low == pytest.approx(100 * np.expm1(-0.16 - Z95 * 0.16), abs=0.02)


def test_much_data_drown_every_belief_and_little_data_leave_it():
    for reading in read(fit(-0.1, 0.002), FLAT, SCEPTICAL, EVIDENCE):
        assert reading.after == pytest.approx(-10, abs=0.05)
    (unmoved,) = read(fit(-0.1, 5.0), EVIDENCE)
    assert unmoved.after == pytest.approx(unmoved.before, abs=0.3)


def test_a_belief_far_from_the_data_stays_finite():
    (reading,) = read(fit(1.5, 0.01), Belief("sure", -0.3, 0.01, "sure"))
    assert np.isfinite([reading.after_low, reading.after, reading.after_high]).all()


def test_more_is_better_looks_the_other_way():
    (down,) = read(fit(-0.1), FLAT, worthwhile=-0.1)
    (up,) = read(fit(0.1), FLAT, fewer=False, worthwhile=0.1)
    assert down.probability_better == pytest.approx(up.probability_better, abs=1e-6)
    assert down.probability_worthwhile == pytest.approx(up.probability_worthwhile, abs=1e-3)


def test_without_a_range_or_a_baseline_nothing_is_read():
    assert read(fit(), FLAT, reach=None) == []
    assert read(fit(baseline=0.0), FLAT) == []
    assert read(fit(se=0.0), FLAT) == []
    (reading,) = read(fit(), FLAT, worthwhile=None)
    assert reading.probability_worthwhile is None


def test_when_the_belief_is_true_its_95_percent_hold_95_percent_of_the_time():
    rng = np.random.default_rng(8)
    runs, hits, better = 1500, 0, []
    for _ in range(runs):
        share = np.expm1(rng.normal(EVIDENCE.mean, EVIDENCE.sd))
        (reading,) = read(fit(rng.normal(share, 0.08), 0.08), EVIDENCE)
        hits += reading.after_low <= 100 * share <= reading.after_high
        better.append((reading.probability_better, share < 0))
    assert abs(hits / runs - 0.95) < 2.6 * np.sqrt(0.95 * 0.05 / runs)
    said, true = np.array(better, dtype=float).T
    spread = np.sqrt((said * (1 - said)).sum()) / runs
    assert abs(said.mean() - true.mean()) < 2.6 * spread


def test_people_needed_grow_with_the_square_of_what_is_to_be_seen():
    seen = 100 * DETECTABLE * 0.05
    assert times_as_many(fit(), -seen) == pytest.approx(1.0)
    assert times_as_many(fit(), -seen / 2) == pytest.approx(4.0)
    assert times_as_many(fit(), 3 * seen) == 1.0
    assert times_as_many(fit(), 0.0) is None
    assert times_as_many(fit(baseline=0.0), -10) is None


def asked():
    study = plan()
    study["outcomes"][0]["published"] = {"sector": "police", "outcome": "force"}
    return study


def test_beliefs_change_nothing_but_themselves(tmp_path):
    study = write_study(tmp_path, asked(), big_panel(effect=0.4))
    bare = evaluate_study(study, draws=120, seed=7)
    beliefs = {"force": (FLAT, Belief("sure", 0.7, 0.01, "of harm"))}
    full = evaluate_study(study, draws=120, seed=7, beliefs=beliefs)
    assert [b.name for b in full.outcomes[0].beliefs] == ["flat", "sure"]
    assert full.outcomes[0].beliefs[1].probability_better < 0.01
    same = full.outcomes[0].model_copy(update={"beliefs": []})
    assert full.model_copy(update={"outcomes": [same]}) == bare


def test_verify_takes_the_beliefs_from_what_was_published(tmp_path):
    study = write_study(tmp_path, asked(), big_panel(effect=0.4))
    beliefs = {"force": (FLAT, EVIDENCE)}
    results = evaluate_study(study, draws=120, seed=7, beliefs=beliefs)
    assert verify(write_results(results, tmp_path / "out")) == []


def test_a_check_says_what_it_would_take_to_see_published_effects(tmp_path):
    study = write_study(tmp_path, asked(), big_panel(effect=1.0))
    (row,) = check_study(study, draws=50, spans={"force": Span(-36.0, 0.0, 3)}).outcomes
    assert row.published is not None
    assert row.published.half_way == -18
    expected = max(1.0, (row.detectable_percent / 18) ** 2)
    assert row.published.times_as_many == pytest.approx(expected)


def test_without_a_draw_nobody_is_told_a_chance(tmp_path):
    study = asked()
    study["design"]["assignment"] = "observational"
    path = write_study(tmp_path, study, big_panel(effect=0.4))
    results = evaluate_study(path, draws=50, beliefs={"force": (FLAT, EVIDENCE)})
    assert results.outcomes[0].beliefs == []
    assert results.outcomes[0].verdict.reason == "observational"
