"""The Content-Security-Policy that every page carries: what a stranger's code cannot do, whatever it draws.

A link may bring code, which Python runs and whose drawings the page shows. Python's worker is made from a
`data:` address, so it has an opaque origin and takes over this policy: neither it nor the page reaches any
other origin, and no markup that it writes becomes a script. The policy stands in the page, not in a header,
so that it also holds from disk and on any static host.
"""

from __future__ import annotations

import re

from sitegen import runtime

PLACE = '<meta charset="utf-8">\n'
# As HTML parsers see them: a script without an address, unless it holds data.
INLINE = re.compile(r"<script(?![^>]*\b(?:src|type)=)[^>]*>(.*?)</script>", re.DOTALL)


def policy(html: str) -> str:
    """Write the policy of a page: among scripts in the page itself it allows those that are there now."""
    hashes = dict.fromkeys(f"'sha256-{runtime.digest(text.encode())}'" for text in INLINE.findall(html))
    rules = {
        "default-src": ["'none'"],
        # Compiling WebAssembly is allowed, evaluating text is not.
        "script-src": ["'self'", *hashes, "'wasm-unsafe-eval'"],
        # `data:` for Python's worker, which may import from there too, as no script in the page may; the site
        # itself for the service worker.
        "worker-src": ["'self'", "data:"],
        # Figures write numbers that their style sheets use into style attributes, which no hash can foresee.
        # Styles run nothing, and what they could load is limited below.
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(" ".join([name, *sources]) for name, sources in rules.items())


def add(html: str) -> str:
    """Put its policy into a page, before anything that the page loads."""
    assert html.count(PLACE) == 1
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html)}">\n'
    return html.replace(PLACE, PLACE + meta)
