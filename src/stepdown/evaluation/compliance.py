"""Assigned against actual training: what was delivered. It feeds no estimate."""

from __future__ import annotations

import numpy as np

from stepdown.evaluation.results import Compliance
from stepdown.incidents.panel import Floats


def compliance(assigned: Floats, trained: Floats, n_periods: int) -> Compliance:
    """Compare assigned and actual periods (N,) of the units due within the window.

    A unit not trained by the end of the window counts as never trained.
    """
    due = np.isfinite(assigned) & (assigned <= n_periods)
    done = np.isfinite(trained) & (trained <= n_periods)
    delay = trained[due & done] - assigned[due & done]
    return Compliance(
        assigned=int(due.sum()),
        on_time=int((delay == 0).sum()),
        early=int((delay < 0).sum()),
        late=int((delay > 0).sum()),
        never_trained=int((due & ~done).sum()),
        trained_though_held_back=int((~due & ~np.isnan(assigned) & done).sum()),
        median_delay=float(np.median(delay)) if len(delay) else None,
    )
