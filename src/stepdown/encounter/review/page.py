"""The review as one page to read or print: no scripts, nothing loaded from anywhere."""

from __future__ import annotations

from html import escape

from stepdown.encounter.review.chart import draw
from stepdown.encounter.review.review import Moment, Point, Review
from stepdown.encounter.review.worth import Worth

WORTH = (
    "Worth: the same moment played 64 times with the act and 64 times with a quiet wait, one "
    "minute ahead; below 0 means calmer. Values of several acts do not add up. It is the model's "
    "answer, not a measurement of a person."
)
_STYLE = """
:root { color-scheme: light dark; --ink: #1c2024; --paper: #fdfdfb; --faint: #667; --line: #d5d5cf;
  --good: #1f6f54; --bad: #a63d2f; --mark: #2b5d8a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --paper: #16181b; --faint: #a2a6ad;
  --line: #3a3e44; --good: #6cc4a1; --bad: #ef8f80; --mark: #8ab8e0; } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem }
.faint { color: var(--faint) } .good { color: var(--good) } .bad { color: var(--bad) }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0;
  border-bottom: 1px solid var(--line) }
th { font-weight: 600; color: var(--faint); font-size: .85rem }
td.n { white-space: nowrap; font-variant-numeric: tabular-nums }
blockquote { margin: .3rem 0 .3rem 1rem }
svg { width: 100%; min-width: 38rem; height: auto; display: block }
.lines td:nth-child(3) { min-width: 13rem } .lines td:nth-child(5) { min-width: 10rem }
 tr:target { outline: 2px solid var(--mark) }
a { color: var(--mark) } .dots { letter-spacing: .1em }
@media print { body { max-width: none; padding: 0 } h2 { break-after: avoid }
  tr { break-inside: avoid } svg { min-width: 0 } .scroll { overflow: visible } }
"""


def render(review: Review) -> str:
    """Return the review as an HTML page."""
    hurt = [who for who, was in review.injured.items() if was]
    minutes = f"{int(review.seconds) // 60}:{int(review.seconds) % 60:02}"
    body = [
        f"<h1>{escape(review.title)}</h1>",
        f'<p class="faint">Review. Seed {review.seed}, {minutes} minutes.</p>',
        f"<p><strong>Outcome: {escape(review.outcome)}.</strong> {escape(review.ending)}</p>",
        f'<p class="bad">Hurt: {escape(", ".join(hurt))}.</p>' if hurt else "",
        "<p>The outcome stands apart from skill: luck is not merit, and some people cannot be "
        "talked down in the time there is.</p>",
        "<h2>How it went</h2>",
        draw(review),
        *_moments("What helped most", review.helped),
        *_moments("What hurt most", review.hurt),
        f'<p class="faint">{WORTH}</p>',
        *_rubric(review),
        *_readings(review),
        "<h2>To talk about</h2><ol>",
        *(f"<li>{escape(question)}</li>" for question in review.debrief),
        "</ol>",
        *_timeline(review),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{escape(review.title)}: review</title><style>{_STYLE}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _moments(title: str, moments: tuple[Moment, ...]) -> list[str]:
    if not moments:
        return []
    kind = "good" if moments[0].helped else "bad"
    parts = [f"<h2>{title}</h2>"]
    for moment in moments:
        value = moment.worth
        parts.append(
            f'<p><a href="#e{moment.event}">{moment.event}</a> '
            f'<strong class="{kind}">{value.arousal:+.2f}</strong> '
            f'<span class="faint">± {2 * value.arousal_se:.3f}, trust {value.trust:+.2f}</span> '
            f"{escape(moment.what)}</p>"
        )
        parts += [f"<blockquote>Better: {escape(line)}</blockquote>" for line in moment.better]
        if moment.why:
            parts.append(f'<p class="faint">{escape(moment.why)}</p>')
    return parts


def _rubric(review: Review) -> list[str]:
    parts = [
        '<h2>Seven domains</h2><div class="scroll"><table><thead><tr><th>domain<th>0 to 4'
        "<th>what that looks like<th>for<th>against</tr></thead><tbody>"
    ]
    for domain in review.rubric:
        score = _dotted(domain.score)
        parts.append(
            f"<tr><td>{escape(domain.name)}<br><small class='faint'>{escape(domain.source)}</small>"
            f'<td class="n">{score}'
            f"<td>{escape(domain.anchor)}<td>{_links(domain.helped)}<td>{_links(domain.hurt)}</tr>"
        )
    return [*parts, "</tbody></table></div>"]


def _dotted(score: int | None) -> str:
    """Return a score with its dots, as HTML; without one, that there is too little to say."""
    if score is None:
        return '<span class="faint">too little to say</span>'
    dots = "●" * score + "○" * (4 - score)
    return f'<span class="dots" aria-hidden="true">{dots}</span> {score}'


def _links(events: tuple[int, ...]) -> str:
    return " ".join(f'<a href="#e{n}">{n}</a>' for n in events)


def _readings(review: Review) -> list[str]:
    if not review.readings:
        return []
    parts = ["<h2>What you read</h2><ul>"]
    for reading in review.readings:
        given = "not given" if reading.arousal_given is None else f"{reading.arousal_given:g}"
        right = ", ".join(f"{k}: {'right' if v else 'not so'}" for k, v in reading.right.items())
        risk = reading.risk_true.replace("_", " ")
        parts.append(
            f"<li>At {_links((reading.event,))}: arousal {given}, in truth "
            f"{reading.arousal_true:g}. Likeliest harm: {risk}. {right}</li>"
        )
    return [*parts, "</ul>"]


def _timeline(review: Review) -> list[str]:
    worth = {w.event: w for w in review.worth}
    parts = [
        '<h2>Line by line</h2><div class="scroll"><table class="lines"><thead><tr>'
        "<th>#<th>s<th>what<th>codes<th>answer<th>arousal<th>trust<th>worth</tr></thead><tbody>"
    ]
    return [*parts, *(_row(p, worth) for p in review.timeline), "</tbody></table></div>"]


def _row(point: Point, worth: dict[int, Worth]) -> str:
    value = worth.get(point.event)
    shown = f"{value.arousal:+.2f}" if value else ""
    codes = ", ".join(code.replace("_", " ") for code in point.codes)
    return (
        f'<tr id="e{point.event}"><td class="n">{point.event}<td class="n">{point.t:.0f}'
        f"<td>{escape(point.what)}<td>{escape(codes)}<td>{escape(point.answer)}"
        f'<td class="n">{point.arousal:.1f}<td class="n">{point.trust:.1f}'
        f'<td class="n">{shown}</tr>'
    )
