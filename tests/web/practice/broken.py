"""How many broken files of each kind are sent in: few in tests, many in `make soak`."""

import os

BROKEN = int(os.environ.get("STEPDOWN_SOAK_FILES", "50"))
