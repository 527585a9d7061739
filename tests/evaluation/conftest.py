from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from stepdown.evaluation.moments import cell_moments, lay_out
from stepdown.evaluation.sample import Sample, draw_sample
from stepdown.incidents.load import load_panel
from stepdown.incidents.sources import PanelData

OUTCOMES = ("complaints", "force", "sustained")


@dataclass(frozen=True)
class Chicago:
    """The real Chicago rollout, read once."""

    sample: Sample

    @cache  # noqa: B019 - lives as long as the session
    def moments(self, name):
        return cell_moments(self.sample.outcomes[name], lay_out(self.sample))

    def __hash__(self):
        return id(self)


@pytest.fixture(scope="session")
def chicago(chicago_file):
    source = PanelData(
        panel=chicago_file.name, unit="uid", period="period", assigned="first_trained"
    )
    panel, problems = load_panel(source, chicago_file.parent, OUTCOMES)
    assert problems == []
    sample, _ = draw_sample(panel, panel.assigned, level="unit", blank_is_never=False)
    assert sample.outcomes["force"].shape == (7785, 72)
    return Chicago(sample)


@pytest.fixture
def rng():
    return np.random.default_rng(20230601)
