"""The 256 byte tokens that byte-level BPE starts from, in the order and in the spelling of GPT-2's files.

Follows Radford et al. 2019. The files are text, so each byte is written as a character that can be seen: a
byte that is one in Latin-1 as itself, the others, in order, as the characters from U+0100. A space is "Ġ".

Left out: the alphabets of other models, which may order the bytes in another way.
"""

from __future__ import annotations

_VISIBLE = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
_OTHER = [byte for byte in range(256) if byte not in _VISIBLE]

#: Id to byte.
BYTES = bytes(_VISIBLE + _OTHER)

#: Id to the character that stands for the byte.
CHARACTERS = "".join(map(chr, [*_VISIBLE, *range(0x100, 0x100 + len(_OTHER))]))

_ID_OF_BYTE = bytes(BYTES.index(byte) for byte in range(256))


def to_byte_ids(word: str) -> list[int]:
    """Turn a word into the ids of its UTF-8 bytes.

    Parameters
    ----------
    word
        Any string.

    Returns
    -------
    list of int
        Ids from 0 to 255, one for each byte.

    Raises
    ------
    UnicodeEncodeError
        If the word has a lone surrogate, which UTF-8 cannot hold. It is a ValueError.

    Examples
    --------
    >>> [CHARACTERS[id_] for id_ in to_byte_ids(" é")]
    ['Ġ', 'Ã', '©']
    """
    # Ids are below 256 too, so the whole table is one translation of bytes.
    return list(word.encode("utf-8").translate(_ID_OF_BYTE))
