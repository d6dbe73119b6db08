"""One thread for each worker of a test run: they share the machine's cores."""

import os

# Threads of numpy's and torch's own wait in a loop for a core that another worker has, and so take several
# times as long as one thread alone. The names are read when those libraries are imported: here is before.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
