"""Any text at all, of the characters that Python and tiktoken both know."""

from __future__ import annotations

import unicodedata

import tiktoken
from hypothesis import strategies as st

SINGLE_BYTES = {bytes([byte]): byte for byte in range(256)}
ALL_CHARACTERS = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)


def tiktoken_characters(pattern: str) -> set[str]:
    """All characters that match in tiktoken's regular expressions; what its pattern leaves out, it drops."""
    probe = tiktoken.Encoding("probe", pat_str=pattern, mergeable_ranks=SINGLE_BYTES, special_tokens={})
    return set(probe.decode(probe.encode_ordinary(ALL_CHARACTERS), errors="strict"))


# Python and tiktoken know different versions of Unicode; they can only agree on characters that both know.
KNOWN_TO_BOTH = {c for c in ALL_CHARACTERS if unicodedata.category(c) != "Cn"} - tiktoken_characters(
    r"\p{Cn}"
)

ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cn"]).filter(KNOWN_TO_BOTH.__contains__)
    | st.sampled_from(" '\t\n\r\x1c\x85\xa0\u3000strevmld019²٣éÅा👩\u200d🏽")
)
