"""Send a site broken files, then kill it during turns, and count what became of it.

Run: make soak. Writes benchmarks/soak.md. Number of kills per engine: the first argument, 200
where it is not given. Both engines side by side; PostgreSQL is started by itself.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
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
FILES, KILLS, PEOPLE, ENCOUNTERS, SEED = 1000, 200, 3, 60, 2026


def send_broken(files):
    """Send `files` broken files of each kind on each engine; the tests count what comes of them."""
    for engine in ENGINES:
        subprocess.run(
            [sys.executable, "-m", "pytest", "tests/web/practice", "-k",
             "broken_files or mutated_logs"],
            check=True, cwd=HERE.parent,
            env=os.environ | {"STEPDOWN_SOAK_FILES": str(files), "STEPDOWN_TEST_DATABASE": engine},
        )  # fmt: skip


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
    send_broken(FILES)
    with ProcessPoolExecutor(len(ENGINES), multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(soak, ENGINES, [kills] * len(ENGINES)))
    lines = [row(engine, *came) for engine, came in zip(ENGINES, found, strict=True)]
    wrong = [each for outcome, _ in found for each in outcome.wrong]
    print(*lines, *wrong, sep="\n", flush=True)
    (HERE / "soak.md").write_text(page(kills, lines), encoding="utf-8")
    sys.exit(bool(wrong))


def page(kills, lines):
    return PAGE.format(files=FILES, kills=kills, rows="\n".join(lines), people=PEOPLE, seed=SEED)


PAGE = """# Soak: broken files, and a server killed during turns

Written by `make soak`.

## Broken files

{files:,} broken scenario files and {files:,} altered logs of encounters were sent to the pages, on
each engine: bytes changed, cut off, doubled, nested, of another kind. Each was answered in words or
kept whole; no answer was an error of the server, nothing was half stored. What was kept could be
looked back on. (A run in which one is not stops here and writes no report.)

## Kills

{kills} kills on each engine, seed {seed}, both engines side by side.

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
