"""Sentences about officers at the same scene: no ranking, no verdict, intervals first."""

from __future__ import annotations

import math

from stepdown.briefing.numbers import plural, probability
from stepdown.evaluation.same_scene.results import SameSceneResults, Training

SIGNIFICANT = 0.05
ENOUGH_TRIALS = 19
"""With fewer trials no p-value can be 0.05."""

WHAT = (
    "When several officers are at the same scene and use different levels of force, what belongs "
    "to the scene is the same for all of them: the place, the hour, the person they meet. "
    "Officers are compared only within such scenes. Propensity relative to peers means: of the "
    "levels of force that were used at shared scenes, did this officer use the higher ones more "
    "often than peers or less often. It does not say whether that force was right."
)
NEVER_AN_EFFECT = (
    "It says nothing about how much force was used. An officer who calms a whole scene earns "
    "nothing here, and scenes without force are not in it. The levels used at a scene may "
    "themselves follow from training. So this is never an effect of training on the amount of "
    "force, and it cannot show that training works; a study of the amounts asks that."
)
LIMITS = (
    "Only scenes at which officers used different levels count. An officer with few of them has a "
    "wide range, and that is all that is known.",
    "Peers are the officers whom the scenes pin down well, mostly those with many scenes. The "
    "middle of all officers need not be 0.",
    "The model takes officers to act independently once the scene is given. If one officer calms "
    "or inflames others, the numbers of both move towards each other or apart; our simulations "
    "show by how much (benchmarks/same_scene_calibration.md).",
    "Levels are what officers wrote in their reports. Roles at a scene differ too: who arrives "
    "first, who holds the person, who is sent because of a skill.",
    "It can say where to look: at recordings, with questions, with an offer of help. Do not use it "
    "to discipline or to reward, and do not rank officers by it.",
    "Officers' numbers and counts of scenes can be recognised inside an agency. Treat this as "
    "personal data.",
)
NO_WITNESSES = (
    "Officers who used no force are left out here or are not in the file. Everything is "
    "conditional on having used force: an officer who held back altogether cannot be seen, which "
    "is what matters most to de-escalation. Ask for records of everybody present."
)


def answer_on_network(results: SameSceneResults) -> tuple[str, str]:
    """Say how far the network supports a comparison, before anything is compared."""
    net = results.network
    everybody = sum(p.officers for p in net.pieces)
    largest = net.pieces[0]
    where = "In the largest two" if len(net.pieces) > 1 else "Two"
    said = (
        f"{where} officers are {net.steps:.1f} shared scenes apart on average, and "
        f"{100 * net.direct:.0f}% of pairs met."
    )
    if net.once:
        said += (
            f" Little can be said of {plural(net.once, 'officer')} who had a single scene with "
            "different levels."
        )
    if len(net.pieces) == 1:
        return f"All {everybody:,} officers hang together through shared scenes.", said
    title = (
        f"{largest.officers:,} of {everybody:,} officers hang together through shared scenes; the "
        f"rest form {plural(len(net.pieces) - 1, 'smaller piece')}."
    )
    return title, f"Between pieces no scene supports a comparison. {said}"


def answer_on_officers(results: SameSceneResults) -> tuple[str, str]:
    """Say in two sentences what is known of officers: a heading, and the figures behind it."""
    shown = [o for o in results.officers if o.shown]
    if not shown:
        return (
            "Cannot tell: no officer has enough scenes and peers.",
            f"At least {plural(results.min_scenes, 'scene')} with different levels are asked for, "
            "and peers whom the scenes pin down.",
        )
    many = sum(apart(o.relative_low, o.relative_high) for o in shown)
    said = (
        f"For {many:,} of the {plural(len(shown), 'officer')} with at least "
        f"{plural(results.min_scenes, 'such scene')}, the 95% range does not include 0, which "
        "would be like their peers."
    )
    test = results.placebo
    if test is None:
        return (
            "Not tested whether officers differ more than by chance.",
            f"{said} How many would by chance alone, this run does not say; a run with "
            "--placebo 20 does, by handing the levels of each scene out by lot.",
        )
    good = [row for row in test.permuted if row.good]
    if len(good) < len(test.permuted):
        bad = plural(len(test.permuted) - len(good), "trial")
        said += f" {bad} with draws that cannot be trusted do not count."
    if good:
        said += (
            f" With levels handed out by lot it is at most {max(r.apart for r in good):,} "
            f"in any of {plural(len(good), 'trial')}. That officers spread as far by lot has "
            f"p = {test.p_value:.2g}."
        )
    if len(good) < ENOUGH_TRIALS:
        more = f" At least {ENOUGH_TRIALS} trials are needed to tell."
        return "Too few trials by lot to say whether officers differ.", said + more
    if test.p_value <= SIGNIFICANT:
        return "Officers at the same scenes differ in the force that they use.", said
    return "Cannot tell whether officers at the same scenes differ: lots do the same.", said


def answer_on_training(training: Training) -> tuple[str, str]:
    """Say what beta says: a heading, and the figures behind it."""
    size = (
        f"Coefficient {signed(training.beta)}, 95% range {signed(training.low)} to "
        f"{signed(training.high)} (log odds). If of two officers, alike but for training, one used "
        "the lowest level and the other the next, the trained one had the higher in "
        f"{of_100(training.beta)} of 100 such scenes ({of_100(training.low)} to "
        f"{of_100(training.high)}). {drawn_in_words(training)}"
    )
    if prior_decides(training):
        size += (
            " How large it is depends on what was assumed before: read the direction alone, and "
            "see the other priors."
        )
    if training.attendance is not None and training.attendance.p_value <= SIGNIFICANT:
        return "Cannot be read: training and who comes to scenes go together.", size
    if training.low > 0 or training.high < 0:
        level = "higher" if training.beta > 0 else "lower"
        return (
            "Where officers of one scene used different levels, the trained more often used the "
            f"{level} one."
        ), size
    return "Cannot tell who more often used the higher level, trained or untrained.", size


def drawn_in_words(training: Training) -> str:
    """Say whether lots decided, in a sentence."""
    if training.levels is None:
        return "Nobody drew lots, so trained and untrained may have differed before."
    return (
        f"Days drawn again: p = {probability(training.levels.p_value, 1 / training.levels.draws)}."
    )


def prior_decides(training: Training) -> bool:
    """Tell whether another prior moves the middle by more than half of the range."""
    width = training.high - training.low
    others = [v.beta for v in training.sensitivity if v.name.startswith("prior")]
    return any(b is not None and abs(b - training.beta) > width / 2 for b in others)


def of_100(value: float) -> str:
    """Turn log odds into how often of 100.

    >>> of_100(0.0), of_100(1.38), of_100(-9)
    ('50', '80', 'fewer than 1')
    """
    share = 100 / (1 + math.exp(-value))
    if share < 0.5:
        return "fewer than 1"
    return "more than 99" if share > 99.5 else f"{share:.0f}"


def levels_in_words(results: SameSceneResults) -> str:
    """List the levels, lowest first, so that an order given the wrong way round is seen."""
    named = zip(results.levels, results.level_rows, strict=True)
    return "Levels, lowest first: " + " < ".join(f"{name} ({n:,})" for name, n in named) + "."


def tests_in_words(training: Training) -> tuple[str, ...]:
    """Say what the permutation tests found, attendance first."""
    used = training.levels
    if used is None:
        return ()
    least = 1 / (used.draws + 1)
    second = (
        "Do trained officers use more or less of the force used at their scenes? Redrawing the "
        f"training days {used.draws:,} times: p = {probability(used.p_value, least)}."
    )
    came = training.attendance
    if came is None:
        return (
            "Whether training changes who comes to scenes cannot be tested: those who used no "
            "force are not, or perhaps not, in the file. If it does, the next test should not be "
            "relied on.",
            second,
        )
    first = (
        f"Does training change who comes to scenes? Trained officers stand {came.statistic:,.0f} "
        f"times at scenes; redrawn training days give {came.expected:,.0f} on average, "
        f"p = {probability(came.p_value, least)}."
    )
    if came.p_value <= SIGNIFICANT:
        first += (
            " They come more or less often than the draw explains. The next test then mixes who "
            "comes with what they do, and should not be relied on."
        )
    return first, second


def signed(value: float) -> str:
    """Write a coefficient with its sign and two decimals."""
    text = f"{abs(value):.2f}"
    return text if float(text) == 0 else f"{'−' if value < 0 else '+'}{text}"


def apart(low: float | None, high: float | None) -> bool:
    """Tell whether an interval leaves 0 out."""
    return low is not None and high is not None and (low > 0 or high < 0)
