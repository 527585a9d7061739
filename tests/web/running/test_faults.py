from tests.web.running.killing import torment

KILLS = 10


def test_what_was_acknowledged_outlives_every_kill(made, tmp_path):
    outcome = torment(made, tmp_path, KILLS, seed=9)
    assert outcome.wrong == []
    assert outcome.acknowledged >= 2 * KILLS
    assert outcome.again > 0, "no kill met a turn under way"
    assert outcome.found["acts"] >= outcome.acknowledged
