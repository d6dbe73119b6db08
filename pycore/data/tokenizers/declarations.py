"""The Universal Declaration of Human Rights in 40 languages, counted; README.md names source and licence."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from itertools import accumulate, pairwise

from pycore.data import FOLDER

FILE = "tokenizers/declarations.json"
COUNTED = ("gpt2", "cl100k", "o200k", "bytes", "characters")


# Names of languages as pages write them, the short ones where there are any (BCP 47): shn has none.
_SHORT = dict(
    pair.split(":")
    for pair in (
        "amh:am arb:ar hye:hy ben:bn mya:my cmn:zh nld:nl eng:en fin:fi fra:fr kat:ka deu:de ell:el heb:he "
        "hin:hi hun:hu ind:id ita:it jpn:ja jav:jv kan:kn khm:km kor:ko pes:fa pol:pl por:pt rus:ru spa:es "
        "swh:sw tam:ta tel:te tha:th bod:bo tur:tr ukr:uk urd:ur vie:vi cym:cy zul:zu"
    ).split()
)


@dataclass(frozen=True)
class Declaration:
    """The 30 articles in one language.

    Attributes
    ----------
    code
        Its name in the source, after ISO 639-3.
    name
        Of the language, in English.
    counts
        By the names in `COUNTED`: tokens of three tokenizers, bytes in UTF-8, and code points.
    article
        Article 3.
    cuts
        How many bytes of Article 3 each token has, by tokenizer.
    """

    code: str
    name: str
    counts: dict[str, int]
    article: str
    cuts: dict[str, tuple[int, ...]]

    @property
    def tag(self) -> str:
        """The language's name as pages write it."""
        return _SHORT.get(self.code[:3], self.code[:3])

    def pieces(self, counted: str) -> list[bytes]:
        """Cut Article 3 into what is counted: tokens, bytes or characters."""
        data = self.article.encode("utf-8")
        if counted == "characters":
            return [character.encode("utf-8") for character in self.article]
        edges = accumulate(self.cuts.get(counted, (1,) * len(data)), initial=0)
        return [data[start:end] for start, end in pairwise(edges)]


@functools.cache
def declarations() -> dict[str, Declaration]:
    """Read them all, by code, in the order of their English names.

    >>> english = declarations()["eng"]
    >>> english.counts["gpt2"], english.pieces("gpt2")[:3]
    (1954, [b'Everyone', b' has', b' the'])
    """
    rows = json.loads((FOLDER / FILE).read_text("utf-8"))
    return {
        row["code"]: Declaration(
            row["code"],
            row["name"],
            {**row["tokens"], "bytes": row["bytes"], "characters": row["characters"]},
            row["text"],
            {name: tuple(cuts) for name, cuts in row["cuts"].items()},
        )
        for row in rows
    }
