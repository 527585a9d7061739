"""Tests. Each process of a test run computes on one thread: the processes share the processors."""

import os

# Read once, when numpy is first imported.
for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")
