"""The API as its schema says it is: tried by schemathesis in each role, beside another agency."""

import os

EXAMPLES = int(os.environ.get("STEPDOWN_API_EXAMPLES", "15"))
