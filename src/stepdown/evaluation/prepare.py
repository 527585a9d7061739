"""From a study file to a checked sample, or to everything that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stepdown.evaluation.checks import analysed_dates, check_design
from stepdown.evaluation.results import BreakAt
from stepdown.evaluation.sample import Sample
from stepdown.evaluation.study import Design, Outcome, Study
from stepdown.evaluation.study_file import StudyFile, read_study, readable, readable_items
from stepdown.incidents.load import load_panel
from stepdown.incidents.panel import AccountStep, Floats, Panel
from stepdown.problems import InputProblems


@dataclass(frozen=True, slots=True)
class Prepared:
    """A study whose plan and data have passed every check."""

    study: Study
    study_file: StudyFile
    panel: Panel
    dates: Floats  # (N,) the analysed position per unit of the panel; NaN where blank
    sample: Sample
    breaks: list[BreakAt]
    account: list[AccountStep]


def prepare_study(path: Path) -> Prepared:
    """Read a study file and its data and check both.

    Raises InputProblems listing every mistake of the file and of the data at once.
    """
    study_file = read_study(path)
    problems = list(study_file.problems)
    panel = sample = None
    breaks: list[BreakAt] = []
    account: list[AccountStep] = []
    if study_file.data is not None:
        panel, wrong = load_panel(study_file.data, path.parent, study_file.outcome_names)
        problems += wrong
    if panel is not None:
        checked = check_design(
            study_file,
            panel,
            readable(study_file.tree.get("design"), Design),
            readable_items(study_file.tree.get("outcomes"), Outcome),
        )
        problems += checked.problems
        sample, breaks = checked.sample, checked.breaks
        account = [*panel.account, *checked.account]
    dates = analysed_dates(panel) if panel is not None else None
    study = study_file.study
    if problems or study is None or panel is None or dates is None or sample is None:
        raise InputProblems(path.name, problems)
    return Prepared(study, study_file, panel, dates, sample, breaks, account)
