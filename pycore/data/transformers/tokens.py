"""SmolLM2's tokens as a reader sees them."""

from __future__ import annotations

START = "<|im_start|>"  # stands before each text


def shown(token: str) -> str:
    r"""Write a token without its space, with signs for what cannot be seen, and the first one by a name.

    >>> [shown(token) for token in (START, " cake", " ", "\n")]
    ['start', 'cake', '␣', '↵']
    """
    if token == START:
        return "start"
    return token.strip() or ("↵" if "\n" in token else "␣")
