"""Same scene: a gradient beside peers, its growth, Seattle in full, and the placebo test.

Run: make bench-same-scene (about half an hour on two cores). Writes benchmarks/same_scene.md. The
Seattle parts need STEPDOWN_DATA_DIR and are left out without it. Peers, in the same run: every
assignment enumerated; the discrete Fourier transform of the Poisson-multinomial distribution, as
published code does it; statsmodels' conditional logit where there are two levels.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

HERE = Path(__file__).parent
DATASET = "seattle-same-scene"
PLACEBOS = 20
MOST_MINUTES, MOST_GB, MOST_PLACEBO_MINUTES = 10, 1.5, 90


def scenes_like(sizes, levels, seed=1):
    """Return scenes of the given sizes, with a third of the officers above the lowest level."""
    from stepdown.evaluation.same_scene.scenes import pack

    rng = np.random.default_rng(seed)
    incident = np.repeat(np.arange(len(sizes)), sizes)
    officers = max(2 * max(sizes), len(incident) // 25)
    officer = np.concatenate([rng.choice(officers, n, replace=False) for n in sizes])
    level = np.where(rng.random(len(incident)) < 1 / 3, rng.integers(1, levels, len(incident)), 0)
    return pack(incident, officer, level.astype(np.int64), levels)


def milliseconds(call, least=0.5):
    """Return the fewest milliseconds of a call, over at least `least` seconds."""
    call()
    best, begin = np.inf, time.perf_counter()
    while time.perf_counter() - begin < least:
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return 1e3 * best


def gradient_of(scenes):
    """Return a call of value and gradient, and its posterior."""
    from stepdown.evaluation.same_scene.posterior import Posterior

    posterior = Posterior.of(scenes)
    x = 0.5 * np.random.default_rng(2).normal(size=posterior.size)
    return (lambda: posterior(x)), posterior, x


def log_z_enumerated(level, eta, s):
    """Sum over every distinct assignment."""
    return np.logaddexp.reduce([eta @ s[list(y)] for y in set(itertools.permutations(level))])


def log_z_transformed(level, eta, s):
    """Find the same sum from the characteristic function of the counts of each level."""
    counts = np.bincount(level, minlength=s.size)
    used = np.flatnonzero(counts)
    weight = np.exp(eta[:, None] * (s[used] - s[used[0]])[None])
    shape = (len(level) + 1,) * (used.size - 1)
    grids = np.meshgrid(*[np.arange(n) for n in shape], indexing="ij")
    total = np.ones(shape, dtype=complex)
    turns = [np.exp(-2j * np.pi * g / n) for g, n in zip(grids, shape, strict=True)]
    for row in weight:
        total *= row[0] + sum(w * turn for w, turn in zip(row[1:], turns, strict=True))
    found = np.fft.ifftn(total)[tuple(counts[used[1:]])]
    return np.log(found.real) + s[used[0]] * eta.sum()


def peers_lines():
    """Time one evaluation beside peers, and hold the values against each other."""
    from stepdown.evaluation.same_scene.likelihood import count_states, log_likelihood

    s = np.array([0, 1, 1.05, 1.13])
    lines = ["## One evaluation beside peers", "",
             "Value *and* gradient here; value alone of the peers, but for statsmodels.", "",
             "| scenes | levels | ours | peer | | ratio | values agree to |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, peer, sizes in (
        ("enumeration", log_z_enumerated, [7] * 200),
        ("Fourier transform", log_z_transformed, [8] * 500),
        ("Fourier transform", log_z_transformed, [18] * 200),
    ):
        scenes = scenes_like(sizes, 4)
        eta = np.random.default_rng(3).normal(size=scenes.level.size)
        parts = [(scenes.level[a:b], eta[a:b]) for a, b in itertools.pairwise(scenes.start)]
        d_eta, d_s = np.empty(eta.size), np.empty(4)
        most = count_states(scenes.start, scenes.level, 4)

        def ours(scenes=scenes, eta=eta, most=most, d_eta=d_eta, d_s=d_s):
            return log_likelihood(scenes.start, scenes.level, eta, s, most, d_eta, d_s)

        def theirs(peer=peer, parts=parts):
            return sum(e @ s[y] - peer(y, e, s) for y, e in parts)

        off = abs(ours() - theirs())
        mine, other = milliseconds(ours), milliseconds(theirs)
        lines.append(f"| {len(sizes)} of {sizes[0]} | 4 | {mine:.3f} ms | {name} | {other:.0f} ms "
                     f"| {other / mine:,.0f} | {off:.0e} |")  # fmt: skip
    return [*lines, logit_line()]


def logit_line():
    """Hold two levels against statsmodels' conditional logit, which has a gradient too."""
    import warnings

    from stepdown.evaluation.same_scene.likelihood import count_states, log_likelihood

    scenes = scenes_like([8] * 500, 2)
    x = np.random.default_rng(4).normal(size=(scenes.level.size, 3))
    beta = np.array([0.5, -0.3, 0.2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that scenes without variation are left out
        from statsmodels.discrete.conditional_models import ConditionalLogit

        model = ConditionalLogit(scenes.level, x, groups=scenes.scene)
    d_eta, d_s = np.empty(scenes.level.size), np.empty(2)
    s = np.array([0.0, 1.0])
    most = count_states(scenes.start, scenes.level, 2)

    def ours():
        value = log_likelihood(scenes.start, scenes.level, x @ beta, s, most, d_eta, d_s)
        return value, d_eta @ x

    def theirs():
        return model.loglike(beta), model.score(beta)

    (value, slope), (other, other_slope) = ours(), theirs()
    off = max(abs(value - other), np.abs(slope - other_slope).max())
    mine, peer = milliseconds(ours), milliseconds(theirs, 5)
    return (f"| 500 of 8 | 2 | {mine:.3f} ms | statsmodels ConditionalLogit, with gradient "
            f"| {peer:.0f} ms | {peer / mine:,.0f} | {off:.0e} |")  # fmt: skip


def growth_lines():
    """Time a gradient as scenes, officers at a scene and levels grow."""
    lines = ["## Growth", "", "Value and gradient on one core; the last column is the time for one "
             "officer at one scene.", "",
             "| officer-scenes | scenes | officers at each | levels | ms | ns each |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    shapes = [(n // 8, 8, 4) for n in (1_000, 10_000, 100_000, 1_000_000)]
    shapes += [(12_000 // n, n, 4) for n in (2, 5, 10, 20, 30)]
    shapes += [(1_000, 10, levels) for levels in (2, 3, 4, 5, 6)]
    shapes += [(100, 30, 6)]
    for scenes, officers, levels in shapes:
        call, _, _ = gradient_of(scenes_like([officers] * scenes, levels))
        spent = milliseconds(call)
        rows = scenes * officers
        lines.append(f"| {rows:,} | {scenes:,} | {officers} | {levels} | {spent:,.2f} "
                     f"| {1e6 * spent / rows:,.0f} |")  # fmt: skip
    return lines


def measure_seattle():
    """Run the command on Seattle in this process; printed as JSON with the memory it took."""
    from stepdown.cli import app

    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        try:
            app(["same-scene", DATASET, "--out", folder, "--workers", "2", "--min-scenes", "10"])
        except SystemExit as end:
            code = end.code
        found = json.loads((Path(folder) / "same_scene.json").read_text())
    shown = [o for o in found["officers"] if o["shown"]]
    print("@" + json.dumps({
        "code": code or 0,
        "wall": time.perf_counter() - begin,
        "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        **found["diagnostics"],
        "s": found["s"], "s_low": found["s_low"], "s_high": found["s_high"],
        "officers": len(found["officers"]), "shown": len(shown),
        "pieces": [p["officers"] for p in found["network"]["pieces"]],
        "apart": sum(o["relative_low"] > 0 or o["relative_high"] < 0 for o in shown),
        "top": sum(o["p_top5"] >= 0.9 for o in shown),
        "bottom": sum(o["p_bottom5"] >= 0.9 for o in shown),
    }))  # fmt: skip


def seattle_reading():
    """Return Seattle's scenes."""
    from stepdown.evaluation.same_scene.options import Options
    from stepdown.evaluation.same_scene.read import read_scenes
    from stepdown.incidents.datasets import find

    return read_scenes(find(DATASET, os.environ), Options())


def seattle_lines():
    """Measure Seattle in full, in a process of its own."""
    out = subprocess.run(
        [sys.executable, __file__, "--part", "seattle"], capture_output=True, text=True, check=True
    ).stdout
    found = json.loads(out[out.index("@") + 1 :])
    scenes = seattle_reading().scenes
    call, _, _ = gradient_of(scenes)
    spent = milliseconds(call, 3)
    s = ", ".join(f"{m:.3f} ({a:.3f} to {b:.3f})" for m, a, b in
                  zip(found["s"], found["s_low"], found["s_high"], strict=True))  # fmt: skip
    return [
        "## Seattle in full", "",
        f"`stepdown same-scene {DATASET} --workers 2`: {scenes.n_scenes:,} scenes, "
        f"{found['officers']:,} officers, from the command to page and PDF.", "",
        "| | measured | bar |", "|---|---|---|",
        f"| one value and gradient, one core | {spent:.2f} ms | about 2 ms |",
        f"| chains, draws of each, tuning | {found['chains']}, {found['draws']}, {found['tune']} "
        "| at least 4 |",
        f"| minutes, sampling | {found['seconds'] / 60:.1f} | {MOST_MINUTES} |",
        f"| minutes, everything | {found['wall'] / 60:.1f} | {MOST_MINUTES} |",
        f"| memory | {found['gb']:.2f} GB | {MOST_GB} GB |",
        f"| R-hat, largest of all parameters | {found['rhat_max']:.4f} | 1.01 |",
        f"| bulk effective sample size, smallest | {found['ess_min']:,.0f} | 400 |",
        f"| divergences | {found['divergences']} | 0 |", "",
        f"Scores of the levels (95 %): {s}. Connected pieces of "
        f"{' and '.join(f'{n:,}' for n in found['pieces'])} officers. Of {found['shown']:,} "
        "officers with at least 10 scenes, the 95 %",
        f"range of {found['apart']} leaves 0 out; {found['top']} are in the highest 5 % of their "
        f"peers with probability 0.9, {found['bottom']} in the lowest.",
    ]  # fmt: skip


def placebo_lines(count):
    """Run the placebo test on Seattle, two chains a permutation on two cores."""
    from stepdown.evaluation.same_scene.placebo import placebo
    from stepdown.evaluation.same_scene.sample import Tuning

    scenes = seattle_reading().scenes
    shown = scenes.scenes_of_officers >= 10
    begin = time.perf_counter()
    rows = []
    for row in placebo(scenes, shown, count, 1, Tuning(cores=2)):
        rows.append(row)
        print(f"{len(rows)} of {count}", row, flush=True)
    spent = (time.perf_counter() - begin) / 60

    def span(values):
        return f"{min(values):g} to {max(values):g}"

    return [
        "## Placebo test on Seattle", "",
        f"{count} times the levels of every scene are handed out by lot and the model is fitted by "
        f"NUTS, two chains of 2,000 draws after 500: {spent:.0f} minutes (bar "
        f"{MOST_PLACEBO_MINUTES}).",
        f"Permutations whose diagnostics were good: {sum(r.good for r in rows)} of {count}.", "",
        "| officers with at least 10 scenes | by lot |", "|---|---|",
        f"| spread (sd) of relative propensities | {min(r.sd for r in rows):.3f} to "
        f"{max(r.sd for r in rows):.3f} |",
        f"| 95 % ranges that leave 0 out | {span([r.apart for r in rows])} |",
        f"| in the highest 5 % with probability 0.9 | {span([r.top for r in rows])} |",
        f"| in the lowest 5 % with probability 0.9 | {span([r.bottom for r in rows])} |",
    ]  # fmt: skip


def main():
    """Write same_scene.md."""
    options = argparse.ArgumentParser()
    options.add_argument("--part", choices=["seattle"])
    options.add_argument("--placebos", type=int, default=PLACEBOS)
    given = options.parse_args()
    if given.part:
        measure_seattle()
        return
    from stepdown.incidents.datasets import locate

    parts = [peers_lines(), growth_lines()]
    if locate(DATASET, os.environ) is not None:
        parts.append(seattle_lines())
        print("\n".join(parts[-1]), flush=True)
        parts.append(placebo_lines(given.placebos))
    else:
        parts.append([f"Seattle is left out: {DATASET} is not in STEPDOWN_DATA_DIR."])
    lines = ["# Same scene: speed and size", "",
             f"Written by `make bench-same-scene` on {os.cpu_count()} cores."]  # fmt: skip
    for part in parts:
        lines += ["", *part]
    (HERE / "same_scene.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
