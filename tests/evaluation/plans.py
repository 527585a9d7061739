"""A small study on disk that tests can spoil."""

import copy
import csv

import numpy as np
from ruamel.yaml import YAML

PLAN = {
    "title": "A small rollout",
    "data": {"panel": "panel.csv", "unit": "officer", "period": "month", "assigned": "wave"},
    "design": {"assignment": "randomized"},
    "outcomes": [
        {
            "name": "force",
            "better": "fewer",
            "smallest_effect": "-10%",
            "role": "primary",
            "unit_of_count": "report",
        }
    ],
}


def plan():
    return copy.deepcopy(PLAN)


def rows(waves=("3",) * 6 + ("5",) * 6 + ("never",) * 6, n_periods=6, seed=1, **columns):
    """Panel rows as dictionaries; `columns` adds a column per unit."""
    rng = np.random.default_rng(seed)
    return [
        {
            "officer": f"o{i:02d}",
            "month": t,
            "wave": wave,
            "force": int(rng.poisson(1.0)),
            **{name: values[i] for name, values in columns.items()},
        }
        for i, wave in enumerate(waves)
        for t in range(1, n_periods + 1)
    ]


def write_study(folder, study, panel):
    """Write study.yaml and panel.csv and return the path of the former."""
    with (folder / "panel.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(panel[0]))
        writer.writeheader()
        writer.writerows(panel)
    path = folder / "study.yaml"
    with path.open("w") as file:
        YAML().dump(study, file)
    return path
