"""One thread for each worker of a test run: they share the machine's cores."""

import os

# Threads of numpy's and torch's own wait in a loop for a core that another worker has, and so take several
# times as long as one thread alone. The names are read when those libraries are imported: here is before.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")


def pytest_xdist_auto_num_workers() -> int:
    """Half as many workers again as there are cores: tests of a page wait for a third of their time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + cores // 2
