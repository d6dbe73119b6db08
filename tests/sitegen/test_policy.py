"""The policy that every page carries: what it allows, and that it allows the page's own scripts."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from pathlib import Path

from sitegen import policy


def rules(html: str) -> dict[str, list[str]]:
    """Read the policy of a page."""
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html)
    assert found
    parts = (rule.split() for rule in unescape(found[1]).split(";"))
    return {name: sources for name, *sources in parts}


def test_every_page_has_one_before_all_that_it_loads(dist: Path) -> None:
    pages = list(dist.rglob("*.html"))
    assert any(page.parent.name == "code" for page in pages)
    for page in pages:
        html = page.read_text("utf-8")
        assert html.count("Content-Security-Policy") == 1
        loads = re.search("<(script|link|style)", html)
        assert loads
        assert html.index("Content-Security-Policy") < loads.start()


def test_scripts_in_a_page_are_allowed_by_their_hash_alone(dist: Path) -> None:
    html = (dist / "03-embeddings.html").read_text("utf-8")
    inline = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert inline
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in rules(html)["script-src"]
    allowed = {source for source in rules(html)["script-src"] if not source.startswith("'sha256-")}
    assert allowed == {"'self'", "'wasm-unsafe-eval'"}


def test_nothing_goes_to_another_origin(dist: Path) -> None:
    for sources in rules((dist / "index.html").read_text("utf-8")).values():
        assert all(s.startswith(("'", "data:")) for s in sources)


def test_data_in_a_script_element_needs_no_hash() -> None:
    html = '<script type="application/json">{}</script><script src="a.js"></script><script id="x">1</script>'
    assert policy.policy(html).count("sha256-") == 1
