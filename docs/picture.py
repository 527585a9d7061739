"""Take the README's picture: page one of the demo briefing. Run after make demo; needs pdftoppm."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BRIEFING, PICTURE = ROOT / "demo" / "briefing.pdf", ROOT / "docs" / "briefing"


def main() -> None:
    """Write page one to docs/briefing.png."""
    first = ["-f", "1", "-l", "1", "-singlefile"]
    subprocess.run(["pdftoppm", *first, "-r", "100", "-png", BRIEFING, PICTURE], check=True)


if __name__ == "__main__":
    main()
