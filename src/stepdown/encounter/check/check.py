"""Check scenarios: lint the file, then let scripted responders play it.

A check holds a scenario against the model. It does not validate it against people.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stepdown.encounter.check.crowd import Crowd
from stepdown.encounter.check.responder import responders
from stepdown.encounter.check.script import write_script
from stepdown.encounter.check.verdict import Rates, all_rates, breaches
from stepdown.encounter.lint import Fault, faults
from stepdown.encounter.parameters import parameters
from stepdown.encounter.scenario import Scenario
from stepdown.progress import Progress, silent
from stepdown.technique.coders import coder_for

SEEDS = 500


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found in one scenario; `ok` if its label holds and nothing is to mend."""

    id: str
    resolvable: str
    faults: tuple[Fault, ...]
    breaches: tuple[str, ...]
    responders: dict[str, Rates]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.faults and not self.breaches

    def as_dict(self) -> dict[str, Any]:
        """Return the published shape."""
        return {
            "id": self.id, "resolvable": self.resolvable, "ok": self.ok,
            "faults": [asdict(f) for f in self.faults], "breaches": list(self.breaches),
            "responders": {name: asdict(r) for name, r in self.responders.items()},
        }  # fmt: skip


def check_scenario(scenario: Scenario, seeds: int = SEEDS) -> Checked:
    """Lint a scenario and let every responder play it with seeds 0 to `seeds` - 1."""
    crew = list(responders(scenario.language).values())
    script = write_script(scenario, crew, coder_for(scenario.language))
    p = parameters(scenario.person.profile, scenario.person.parameters)
    who = np.repeat(np.arange(len(crew)), seeds)
    numbers = np.tile(np.arange(seeds, dtype=np.uint64), len(crew))
    rates = all_rates(script, Crowd(script, p, who, numbers).play())
    return Checked(
        scenario.id, scenario.resolvable, faults(scenario),
        breaches(scenario.resolvable, rates), rates,
    )  # fmt: skip


def check_scenarios(
    scenarios: Sequence[Scenario],
    seeds: int = SEEDS,
    workers: int = 1,
    progress: Progress = silent,
) -> tuple[Checked, ...]:
    """Check several, in as many processes; the numbers do not depend on how many."""
    progress("Checking scenarios", 0, len(scenarios))
    if workers == 1 or len(scenarios) == 1:
        found = {}
        for n, scenario in enumerate(scenarios, start=1):
            found[scenario.id] = check_scenario(scenario, seeds)
            progress("Checking scenarios", n, len(scenarios))
        return tuple(found[s.id] for s in scenarios)
    with ProcessPoolExecutor(min(workers, len(scenarios))) as pool:
        waiting = {pool.submit(check_scenario, s, seeds): s.id for s in scenarios}
        found = {}
        for n, done in enumerate(as_completed(waiting), start=1):
            found[waiting[done]] = done.result()
            progress("Checking scenarios", n, len(scenarios))
    return tuple(found[s.id] for s in scenarios)
