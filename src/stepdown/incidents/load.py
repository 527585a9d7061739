"""The data part of a study file → the panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from stepdown.incidents.assemble import assemble_panel
from stepdown.incidents.panel import Panel
from stepdown.incidents.ready import read_panel
from stepdown.incidents.sources import PanelData, RawData
from stepdown.problems import Problem


def load_panel(
    source: PanelData | RawData,
    folder: Path,
    outcomes: Sequence[str],
    environ: Mapping[str, str] | None = None,
) -> tuple[Panel | None, list[Problem]]:
    """Read a ready panel or build one from raw tables, and list everything that is wrong.

    Files are relative to `folder`. The panel comes along with its problems when there is
    enough to go on, and is None if not. `environ` says where registered datasets are.
    """
    if isinstance(source, RawData):
        return assemble_panel(source, folder, outcomes)
    return read_panel(source, folder, outcomes, environ)
