"""Marks that Markdown leaves as text when they do not work: readers should never see them.

A backslash before a mark, or an entity such as &lt;, makes it a sign like any other, not looked at here.
"""

from __future__ import annotations

import re

from sitegen.parsing import TAGS, unescaped

STRAIGHT = str.maketrans("“”‘’", "\"\"''")  # quotes as the author wrote them
_TAGS = ", ".join(f"<{tag}>" for tag in TAGS)
LEFT_OVER = (
    (r"^:{3,}.*", "a fence that opens and closes nothing; what holds directives needs more colons than they"),
    (
        r"\{([#.][\w-]|[\w-]+=).*",
        "attributes that belong to nothing; they stand on a line above a block, or right behind "
        "a link, a picture, code or a [span], and look like {#id .class key=value}",
    ),
    (r"\$\$.*", "a formula that is never closed; expected a second $$"),
    (r"\[[^\]]*\]\(.*", "a link that is no address; write [text](page.html#place), without spaces"),
    (
        r"\[[^\]]+\]\[[^\]]*\]",
        'a link whose name is nowhere explained; expected a line "[name]: page.html", or \\[ for the sign',
    ),
    (r"^#{2,6}[^\s#].*", 'a heading without a space; write "## Title"'),
    (
        r"^#{2,6}[^\S ].*",
        'a heading with another space than the plain one behind its #; write "## Title" again by hand',
    ),
    (r"^#{7}.*", 'no heading: they have two to six #; write "## Title"'),
    (r"^::\s.*", "no directive: it begins with three colons or more, and a space; write \\: for the sign"),
    (r"`+.*", "code that is never closed; expected as many ` behind it, or \\` for the sign"),
    (
        r"\*\*\S.*|\S\*\*|~~\S.*",
        "a mark that is never closed; expected it twice, right at the words, or \\ before it",
    ),
    (
        r"(?<![\w*])\*[^\W\d_].*|(?<![\w`])__?[^\W\d_].*",
        "emphasis that is never closed; expected the mark again right behind the words, or \\ before it",
    ),
    (r"<!--.*", "a comment that is never closed; expected -->"),
    (
        r"</?[a-zA-Z][\w-]*(\s[^<>]*)?/?>|<(![a-zA-Z]|!\[|\?)[^>]*>?",
        f"HTML, which a lesson does not hold, but for {_TAGS} in pairs; write \\< for the sign",
    ),
    (
        r"\$[^\s\d$].*",
        "a formula that is never closed; expected a second $ right behind it, or \\$ for the sign",
    ),
    (
        r"\$\s+[^\s\d$][^$]*\s\$(?!\d)",
        "a formula with spaces at its dollars; write $x$, or \\$ for the sign",
    ),
    (r"[a-z})\]]\$(?!\w)", "a dollar that no other one opens; write $x$, or \\$ for the sign"),
)
SIGNS = re.compile(r"[:{$\[#`*~<_]")  # each of these patterns needs one; most texts hold none


def left_over(text: str) -> str | None:
    """Say what is wrong with a text that holds a mark; None when it holds none."""
    if not SIGNS.search(text):
        return None
    for pattern, problem in LEFT_OVER:
        if m := re.search(pattern, text):
            return f'found "{unescaped(m[0]).translate(STRAIGHT)}": {problem}'
    return None
