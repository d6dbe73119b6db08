"""Two folders change places in one step, where the system can: a reader of either finds one or the other."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

EXCHANGE = 2  # RENAME_EXCHANGE of Linux, and RENAME_SWAP of macOS
CURRENT = -100  # AT_FDCWD of Linux: paths are meant as they stand


def exchange(one: Path, other: Path) -> bool:
    """Let two folders of one disk change places; return False where this system cannot."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        names = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            failed = library.renamex_np(*names, EXCHANGE)
        else:
            failed = library.renameat2(CURRENT, names[0], CURRENT, names[1], EXCHANGE)
    except (OSError, AttributeError, TypeError):  # no such function, or no library to look in
        return False
    return not failed
