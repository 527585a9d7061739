"""Measure the encounter: one turn, many persons at once, a review.

Run: make bench-encounter. Writes benchmarks/encounter.md.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

HERE = Path(__file__).parent
LINES = (
    "I'm Jo. I'll stay right here.", "What happened tonight?", "You're exhausted.",
    "Are you thinking of ending your life?", "Anybody would be broken by a week like that.",
    "Calm down.", "I can ring the fund for your staff. Would you like that?", "okay",
)  # fmt: skip
BARS = {
    "a turn (code, react, answer, write), median ms": "",
    "a turn, 95th percentile, ms": "≤ 60",
    "person-seconds a second": "≥ 2,000,000",
    "review of 40 turns, s": "≤ 2",
}


def turns() -> list[float]:
    """Return the milliseconds of every turn, written to disk and synced, over many encounters."""
    from stepdown.encounter.library import find_scenario
    from stepdown.encounter.log import LogFile
    from stepdown.encounter.play import Encounter
    from stepdown.technique.coder import Coder

    coder, scenario, taken = Coder.load(), find_scenario("bridge"), []
    coder.code("Are you all right?", None)
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(12):
            with LogFile(Path(folder) / f"{seed}.jsonl") as file:
                encounter = Encounter.start(scenario, seed, coder, file.write)
                for n in range(20):
                    begin = time.perf_counter()
                    if not encounter.say(f"{LINES[n % len(LINES)]}{' ' * n}"):
                        break
                    taken.append(1000 * (time.perf_counter() - begin))
    return taken


def persons() -> float:
    """Return person-seconds a second for ten thousand persons, each with hazards drawn."""
    from stepdown.encounter.chance import seeds_of, stream
    from stepdown.encounter.dynamics import STEP_S, advanced
    from stepdown.encounter.hazards import fired
    from stepdown.encounter.parameters import parameters
    from stepdown.encounter.state import rows

    count, steps, p = 10_000, 60, parameters("humiliation")
    state = rows({"arousal": 6, "trust": 3, "threat": 3, "control": 4, "attention": 6}, count)
    streams, best = stream(seeds_of(1, count), 1), 0.0
    for _ in range(3):
        begin = time.perf_counter()
        for step in range(steps):
            state = advanced(state, p, streams, step, 1)
            fired(state, p, streams, step)
        best = max(best, count * steps * STEP_S / (time.perf_counter() - begin))
    return best


def reviewing() -> float:
    """Return the seconds that the review of an encounter of forty turns takes."""
    from stepdown.encounter.library import find_scenario
    from stepdown.encounter.play import Encounter
    from stepdown.encounter.review import review
    from stepdown.technique.coder import Coder

    coder = Coder.cues_only()
    for seed in range(200):
        encounter = Encounter.start(find_scenario("emergency_room"), seed, coder, lambda _: None)
        for n in range(40):
            encounter.say(LINES[n % len(LINES)])
        if sum(e.kind == "say" for e in encounter.events) == 40:
            begin = time.perf_counter()
            review(encounter.events)
            return time.perf_counter() - begin
    raise SystemExit("no seed lasted forty turns")


def main() -> None:
    """Write encounter.md."""
    taken = turns()
    found = {
        "a turn (code, react, answer, write), median ms": f"{np.median(taken):.1f}",
        "a turn, 95th percentile, ms": f"{np.percentile(taken, 95):.1f}",
        "person-seconds a second": f"{persons():,.0f}",
        "review of 40 turns, s": f"{reviewing():.2f}",
    }
    lines = [
        "# The encounter, measured", "", "Written by `make bench-encounter`, on one thread of a",
        f"{platform.machine()} machine. No peer does the same; the bars are the project's own.", "",
        "| | measured | bar |", "|---|---|---|",
        *(f"| {name} | {value} | {BARS[name]} |" for name, value in found.items()),
    ]  # fmt: skip
    (HERE / "encounter.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
