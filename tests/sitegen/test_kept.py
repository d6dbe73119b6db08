"""A wrong cache is worse than a slow build: after each kind of change, what is kept gives the same bytes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shared import made_once
from tests.sitegen.checkout import Checkout
from tests.sitegen.small_course import tree

# What is changed: file, text, other text; and files of the site that must be others for it.
CHANGES = {
    "a word": ("content/lesson.md", "Some text", "Other text", r"lesson\.html"),
    "a letter that no font held": (
        "content/plain.md",
        "Text alone",
        "Text alone, Åland",
        r"assets/site\..*\.css",
    ),
    "a caption": ("content/lesson.md", "The caption", "Another caption", r"lesson\.html"),
    "a figure's setting": ("content/lesson.md", 'title="One"', 'title="One" times=3', r"lesson\.html"),
    "a claim": (
        "content/lesson.claims.py",
        "return len(word())",
        "return 0 + len(word())",
        r"code/lesson\.claims\..*\.js",
    ),
    "the glossary": ("content/course.toml", "A *picture*", "A *likeness*", r"lesson\.html"),
    "the course": (
        "content/course.toml",
        "Small course",
        "Little course",
        r"(plain|index|code/pycore)\.html",
    ),
    "a page's template": ("site_templates/base.html", "No account", "No accounts", r"plain\.html"),
    "a figure's template": (
        "site_templates/figure.html",
        '<div class="bar">',
        '<div class="bar" >',
        r"lesson\.html",
    ),
    "a panel's template": (
        "site_templates/source.html",
        "This is what",
        "That is what",
        r"code/lesson\..*\.js",
    ),
    "a style": ("site_templates/css/2-page.css", "h2 {", "h2 { color: red;", r"assets/site\..*\.css"),
    "a script": (
        "site_templates/js/page.js",
        "const DWELL = 3000",
        "const DWELL = 3001",
        r"assets/site\..*\.js",
    ),
    "what explains a number": (
        "site_templates/js/claim.js",
        "GAP = 8",
        "GAP = 9",
        r"code/lesson\.claims\..*\.js",
    ),
    "the search": ("site_templates/js/search.js", "MOST = 30", "MOST = 31", r"assets/search\..*\.js"),
    "what is found": ("content/plain.md", "Text alone", "Texts alone", r"assets/index\..*\.js"),
    "a module's idea": ("pycore/networks/word.py", "The word,", "A word,", r"code/index\.html"),
    "the worker": ("site_templates/js/worker.js", "\n\n", "\n;\n", r"assets/start\..*\.js"),
    "the service worker": ("site_templates/js/sw.js", "\n\n", "\n;\n", r"sw\.js"),
    "a figure": ("pycore/figures/networks/say.py", "< 5", "< 4", r"store/say\..*\.js"),
    "a figure's style": ("pycore/figures/networks/say.css", "inherit", "red", r"assets/lesson\..*\.css"),
    "what a figure imports": ("pycore/networks/saying.py", '" ".join', '"-".join', r"lesson\.html"),
    "what that imports": ("pycore/networks/word.py", '"!"', '"?"', r"lesson\.html"),
    "a figure's data": ("pycore/data/networks/word.json", "cat", "dog", r"lesson\.html"),
    "code that no figure imports": (
        "pycore/networks/nn.py",
        '"""',
        '""" ',
        r"code/pycore\.networks\.nn\.html",
    ),
    "what compiles": ("sitegen/bytecode_job.py", "optimize=0 if", "optimize=1 if", r"py/.*/stdlib\.pack"),
    "a licence": ("LICENSE", "Permission", "Permission ", r"code/.*\.whl"),
    "a pin": ("pyproject.toml", 'license = "0BSD"', 'license = "0BSD "', r"index\.html"),
    "the generator": ("sitegen/markdown.py", "Predict first", "Predict", r"|"),
    "the generator's figures": ("sitegen/figures.py", 'f"fig-{', 'f"figure-{', r"lesson\.html"),
}
TOGETHER = (
    7  # changes that a build in a process of its own sees at once, but for those after which all is made anew
)
SERVING = """
import sys
from pathlib import Path
from sitegen.builder import Builder
builder = Builder(Path("content").resolve(), Path(sys.argv[1]))
for line in sys.stdin:
    outcome = builder.build()
    print("mistake" if outcome.mistakes else "built", repr(outcome.said), flush=True)
builder.close()
"""


@dataclass(frozen=True)
class Built:
    """The unchanged checkout, built from nothing: its site, and what was kept of making it."""

    folder: Path

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def keep(self, place: Path) -> Path:
        """Put a copy of what was kept where the test may change it."""
        shutil.copytree(self.folder / "cache", place, symlinks=True)
        return place

    def leave_common(self, kept: Path) -> None:
        """Of what was kept elsewhere leave only what is here too: what no change of the checkout concerns."""
        for file in (kept / "derived").iterdir():
            here = self.folder / "cache" / "derived" / file.name
            if not here.exists() or here.read_bytes() != file.read_bytes():
                file.unlink()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    def make(folder: Path) -> None:
        partial = tmp_path_factory.mktemp("unchanged")
        (partial / "checkout").mkdir()
        Checkout(partial / "checkout").build(partial / "site", partial / "cache")
        partial.rename(folder)

    return Built(made_once(tmp_path_factory, "unchanged", make))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "checkout"
    folder.mkdir()
    return Checkout(folder)


class Loop:
    """The process of `--serve` that builds."""

    def __init__(self, checkout: Checkout, dist: Path, kept: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVING, str(dist)],
            cwd=checkout.folder,
            env=checkout.environment(kept),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def build(self) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("build\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()


@pytest.fixture
def loop(checkout: Checkout, built: Built, tmp_path: Path) -> Iterator[Loop]:
    loop = Loop(checkout, tmp_path / "looped", built.keep(tmp_path / "loop-cache"))
    yield loop
    loop.process.communicate(timeout=60)
    assert loop.process.returncode == 0


def test_what_is_kept_is_what_a_build_makes(
    checkout: Checkout, built: Built, loop: Loop, tmp_path: Path
) -> None:
    dist, looped, alone = tmp_path / "dist", tmp_path / "looped", tmp_path / "alone"
    kept = built.keep(tmp_path / "cache")
    checkout.build(dist, kept)
    first = before = tree(dist)
    assert first == tree(built.site)  # which was made without anything that was kept
    assert loop.build().startswith("built")
    assert tree(looped) == first
    for i, (what, (name, old, new, expected)) in enumerate(CHANGES.items(), 1):
        checkout.replace(name, old, new)
        assert loop.build().startswith("built"), what
        after = tree(looped)
        changed = {file for file, _ in before.items() ^ after.items()}
        assert not expected.strip("|") or any(re.fullmatch(expected, file) for file in changed), what
        if i % TOGETHER == 0 or "generator" in what:
            checkout.build(dist, kept)
            assert tree(dist) == after, what
        before = after
    # And without anything that was kept.
    checkout.build(alone, tmp_path / "empty")
    assert tree(alone) == before
    for what, (name, old, new, _) in reversed(CHANGES.items()):
        checkout.replace(name, new, old)
        if what == "what a figure imports":
            shutil.rmtree(alone)
            built.leave_common(tmp_path / "empty")
            checkout.build(dist, kept)
            checkout.build(alone, tmp_path / "empty")
            assert tree(dist) == tree(alone), what
    checkout.build(dist, kept)
    assert loop.build().startswith("built")
    assert tree(looped) == tree(dist) == first


def test_a_site_that_is_there_is_not_built_again(checkout: Checkout, built: Built, tmp_path: Path) -> None:
    dist, kept = tmp_path / "dist", built.keep(tmp_path / "cache")
    checkout.build(dist, kept)
    first, inode = tree(dist), (dist / "index.html").stat().st_ino
    checkout.build(dist, kept)
    assert (dist / "index.html").stat().st_ino == inode
    for spoil in (
        lambda: (dist / "index.html").write_text("another"),
        lambda: (dist / "stray.txt").touch(),
        lambda: (dist / "index.html").unlink(),
        lambda: next((dist / "py").rglob("*.pack")).write_bytes(b""),
        lambda: shutil.rmtree(dist),
    ):
        spoil()
        checkout.build(dist, kept)
        assert tree(dist) == first


def test_a_damaged_cache_is_only_slower(checkout: Checkout, built: Built, tmp_path: Path) -> None:
    kept = built.keep(tmp_path / "cache")
    for file in (kept / "derived").iterdir():
        file.write_bytes(file.read_bytes()[:-1])
    checkout.build(tmp_path / "dist", kept)
    assert tree(tmp_path / "dist") == tree(built.site)


def test_the_loop_tells_mistakes_and_goes_on(checkout: Checkout, loop: Loop, tmp_path: Path) -> None:
    assert loop.build().startswith("built")
    before = tree(tmp_path / "looped")
    for name, old, new, said in (
        ("content/lesson.md", "Some text", "[there](nosuch.html)", r"lesson\.md:\d+: link to a page"),
        ("pycore/networks/word.py", "def word", "def (word", "SyntaxError|word.py"),
        ("pycore/networks/word.py", "import json", "import nosuch", "nosuch"),
        ("sitegen/site.py", "def build", "def (build", "SyntaxError"),
    ):
        checkout.replace(name, old, new)
        outcome = loop.build()
        assert outcome.startswith("mistake")
        assert re.search(said, outcome)
        assert tree(tmp_path / "looped") == before
        checkout.replace(name, new, old)
        assert loop.build().startswith("built")
        assert tree(tmp_path / "looped") == before
