import numpy as np

from stepdown.technique.codebook import CODES
from stepdown.technique.cue_logits import cue_logits
from stepdown.technique.cues import FEATURES, features
from stepdown.technique.outputs import SUMS


def test_a_sum_is_as_sure_as_its_surest_code_and_no_cue_speaks_against():
    rows = np.array([features("What happened tonight?"), features("The bus is red.")])
    found = cue_logits(rows)
    assert found.shape == (2, len(CODES) + len(SUMS) + 1)
    assert found[0, len(CODES)] == found[0, CODES.index("open_question")] > 2
    assert found[1, len(CODES)] < -2
    assert np.isfinite(found).all()


def test_the_effect_follows_the_balance_of_codes():
    kind, unkind = np.zeros((1, len(FEATURES))), np.zeros((1, len(FEATURES)))
    kind[0, CODES.index("validation")] = unkind[0, CODES.index("insult")] = 0.9
    assert cue_logits(kind)[0, -1] > 0 > cue_logits(unkind)[0, -1]
