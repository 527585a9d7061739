"""Kill a site during turns, hundreds of times on each engine, and count what became of them.

Run: make soak. Writes benchmarks/soak.md. Number of kills per engine: the first argument, 200
where it is not given. Both engines side by side; PostgreSQL is started by itself.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.web.running.killing import Outcome, torment  # noqa: E402
from tests.web.running.serving import template  # noqa: E402

ENGINES = ("sqlite", "postgresql")
KILLS, PEOPLE, ENCOUNTERS, SEED = 200, 3, 60, 2026


def soak(engine, kills):
    """Return what came of killing a site on one engine, and the seconds that it took."""
    with tempfile.TemporaryDirectory() as folder:
        made = template(Path(folder) / "template", engine, PEOPLE, ENCOUNTERS)
        begun = time.perf_counter()
        return torment(made, Path(folder) / "site", kills, SEED), time.perf_counter() - begun


def row(engine, outcome: Outcome, seconds):
    lost = [w for w in outcome.wrong if w.startswith("lost")]
    doubled = [w for w in outcome.wrong if "doubled" in w or "not there once" in w]
    cells = [
        engine, outcome.kills, f"{outcome.acknowledged:,}", outcome.again, len(lost), len(doubled),
        len(outcome.wrong), f"{seconds / 60:.0f}",
    ]  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    with ProcessPoolExecutor(len(ENGINES), multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(soak, ENGINES, [kills] * len(ENGINES)))
    lines = [row(engine, *came) for engine, came in zip(ENGINES, found, strict=True)]
    wrong = [each for outcome, _ in found for each in outcome.wrong]
    print(*lines, *wrong, sep="\n", flush=True)
    (HERE / "soak.md").write_text(page(kills, lines), encoding="utf-8")
    sys.exit(bool(wrong))


def page(kills, lines):
    return PAGE.format(kills=kills, rows="\n".join(lines), people=PEOPLE, seed=SEED)


PAGE = """# Soak: the server is killed during turns

Written by `make soak`, {kills} kills on each engine, seed {seed}, both engines side by side.

A site is served by gunicorn on a copy of a database, as `stepdown serve` does. {people} people say
one thing after another over HTTP, each with an idempotency key. As soon as turns are acknowledged,
every process of the server is killed with signal 9 (0 to 0.25 s later, drawn) and started again.
What was not answered is sent again with the same key. In the end the database is compared with
what was acknowledged.

| engine | kills | turns acknowledged | sent again | lost | doubled | wrong in all | minutes |
|---|---|---|---|---|---|---|---|
{rows}

- **lost**: acknowledged, but not there with these words.
- **doubled**: the same words twice in an encounter, or twice in one act.
- **wrong in all** counts these, gaps in the numbers of events, acts that overlap or leave events
  over, encounters that come out otherwise when the same words are said again without any kill
  (compared to the letter), broken links of the audit chain, and answers with an error.

A kill ends processes, not the machine. That what was acknowledged outlives a power cut too rests on
`synchronous=FULL` of SQLite and `fsync` of PostgreSQL, which are not tested here.
"""

if __name__ == "__main__":
    main()
