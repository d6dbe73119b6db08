"""The floor that the browser's benchmark sets beside a figure: the same changes, by plain JavaScript."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from benchmarks import _drags

PAGE = '<div id="f"><div class="body"><b>1</b><svg><circle cx="1"/></svg><p>old</p></div></div>'
CHANGES = """() => {
    const body = document.querySelector(".body");
    document.getElementById("f").quiet = true;
    body.querySelector("b").onclick = () => {
        body.querySelector("circle").setAttribute("cx", "9");
        body.querySelector("b").firstChild.data = "2";
        body.querySelector("p").innerHTML = "<em>new</em>";
    };
}"""


def test_the_plain_page_makes_the_recorded_changes(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(PAGE, "utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.evaluate(CHANGES)
    steps = _drags.record_press(page, "f", "b")
    changed = _drags.picture(page, "f")
    assert changed == '<b>2</b><svg><circle cx="9"></circle></svg><p><em>new</em></p>'
    plain = browser.new_page()
    _drags.be_plain(plain, "f", steps, button="b")
    plain.goto(file.as_uri())
    assert _drags.picture(plain, "f") != changed
    plain.locator("#f b").click()
    assert _drags.picture(plain, "f") == changed
