"""Taking away: a figure as picture, program and notebook, pycore as a wheel, and what the reader has kept."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import Page, expect

from sitegen.errors import ROOT
from tests.browser.steps import COLOURS, LESSON, START, assert_accessible, wake
from tests.browser.test_source import COSINE, panel
from tests.browser.warm import EMPTY
from tools.served import served

MICROPIP = """\
micropip==0.11.1 --hash=sha256:768de165adb8e66906039d8fec4127a57f522dfdf8e6fbff877a4616941ecfd3
packaging==26.4 --hash=sha256:81383611a09c1bc0b08b76e0fd5829d7c6824c65b27a6aee339da133f4233ea2
"""
# What a notebook in a browser would do.
BARE = """async ([micropip, wheel]) => {
    const { loadPyodide } = await import("./bare/pyodide.mjs");
    const python = await loadPyodide({ indexURL: new URL("./bare/", location.href).href });
    await python.loadPackage("numpy");
    const packed = Uint8Array.from(atob(micropip), (letter) => letter.charCodeAt(0));
    const place = python.runPython("import site; site.getsitepackages()[0]");
    python.unpackArchive(packed.buffer, "zip", { extractDir: place });
    const wheels = new URL("./code/", location.href).href;
    const said = await python.runPythonAsync(`
        import micropip
        await micropip.install("${wheels}${wheel}")
        from pycore.data import embeddings
        from pycore.embeddings.similarity import cosine
        from pycore.live import catalog
        vectors = embeddings.word_vectors()
        parts = catalog.load("embeddings/cosine")({}).parts()
        told = [f"{cosine(vectors['cat'], vectors['dog']):+.2f}"]
        [*told, str(parts["stage"])[:4], "site-packages" in embeddings.__file__]
    `);
    return said.toJs();
}"""
LESSONS = ("01-neural-network.html", "02-tokenization.html", LESSON, "04-attention.html", "index.html")
SVG = "{http://www.w3.org/2000/svg}"
MINE = "def cosine(a, b):\n    return 0.25"
# What a figure shows, read from its parts as `Taken.numbers` does: of one name twice, the last.
SHOWN = """(id) => Object.fromEntries([...document.querySelectorAll(`#${id} .body [data-out]`)]
    .map((one) => [one.dataset.out, one.textContent.trim().replace(/\\s+/g, " ")]))"""


def save(page: Page, figure: str, folder: Path, *endings: str) -> list[Path]:
    """Save a figure in some forms, and close the dialog."""
    files = []
    page.locator(f"#{figure} [data-control=take]").click()
    for ending in endings:
        with page.expect_download() as download:
            page.locator(f"[data-control=take-{ending}]").click()
        assert download.value.suggested_filename.endswith(f"-{figure}.{ending}")
        files.append(folder / download.value.suggested_filename)
        download.value.save_as(files[-1])
        expect(page.locator(".take .said")).to_contain_text(files[-1].name)
    page.locator("[data-control=take-close]").click()
    expect(page.locator(".take")).to_have_count(0)
    return files


def run(program: Path, **environment: str) -> str:
    """Run a program in its own folder, and return what it wrote."""
    done = subprocess.run(
        [sys.executable, program.name],
        cwd=program.parent,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_figure_is_saved_as_it_stands(open_page: Callable[..., Page], base: str, tmp_path: Path) -> None:
    page = open_page(base + LESSON)
    section = panel(page, "fig-05", COSINE)
    section.locator("textarea").fill(MINE)
    section.locator("[data-control=source-run]").click()
    expect(page.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.25", timeout=START)

    svg, png, program, cells = save(page, "fig-05", tmp_path, "svg", "png", "py", "ipynb")
    drawing = ET.fromstring(svg.read_text("utf-8"))
    assert not list(drawing.iter(f"{SVG}foreignObject"))  # so that every program draws it
    words = [text.text for text in drawing.iter(f"{SVG}text")]
    assert {"FIG.05", "+0.25"} <= set(words)
    assert "cosine(" not in " ".join(filter(None, words))  # the code is no part of the picture

    pixels = png.read_bytes()
    assert pixels.startswith(b"\x89PNG")
    size = [int.from_bytes(pixels[at : at + 4], "big") for at in (16, 20)]
    for length, side in zip(size, ("width", "height"), strict=True):
        assert abs(length - 2 * float(drawing.attrib[side])) < 2

    assert MINE in program.read_text("utf-8")
    assert "cosine: +0.25" in run(program, PYTHONPATH=str(ROOT))
    assert "<svg" in (tmp_path / "figure.html").read_text("utf-8")

    notebook = nbformat.read(cells, as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[1].source.startswith("%pip install")
    del notebook.cells[1]  # it would put the site's library in the place of the one that is tested
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    *_, numbers, picture = notebook.cells
    assert "cosine: +0.25" in numbers.outputs[0].text
    assert "iframe" in picture.outputs[0].data["text/html"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_figure_goes_on_as_a_program(
    open_page: Callable[..., Page], http: str, lesson: str, tmp_path: Path
) -> None:
    page = open_page(http + lesson)
    page.locator("details.closer").evaluate_all("all => all.forEach((fold) => (fold.open = true))")
    figures = page.locator("py-figure").evaluate_all("all => all.map(({ id }) => id)")
    programs, shown = {}, {}
    for figure in figures:
        program, svg = save(page, figure, tmp_path, "py", "svg")
        programs[figure] = program.name
        shown[figure] = page.evaluate(SHOWN, figure)
        assert list(ET.fromstring(svg.read_text("utf-8")).iter(f"{SVG}text"))
    # In one process, which imports pycore once; each has its own names.
    runner = tmp_path / "runner.py"
    runner.write_text(
        f"import json, runpy\nprograms = {programs!r}\n"
        "run = {key: runpy.run_path(name)['figure'] for key, name in programs.items()}\n"
        "print(json.dumps({key: figure.numbers for key, figure in run.items()}))"
    )
    assert json.loads(run(runner, PYTHONPATH=str(ROOT))) == shown


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's wheel, installed by pip into a folder of its own."""
    folder = tmp_path_factory.mktemp("installed")
    (wheel,) = (dist / "code").glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, wheel]
    subprocess.run(install, check=True)
    return folder


def test_the_wheel_holds_all_that_a_program_needs(
    open_page: Callable[..., Page], http: str, installed: Path, tmp_path: Path
) -> None:
    page = open_page(http + LESSON)
    wake(page, "fig-05")
    page.locator("#fig-05 [data-drag=b]").press("ArrowUp")
    page.wait_for_function("document.querySelector('#fig-05').quiet")
    shown = page.locator("#fig-05 [data-out=cosine]").inner_text()
    (program,) = save(page, "fig-05", tmp_path, "py")
    says_where = program.read_text("utf-8") + "\nimport pycore\nprint(pycore.__file__)\n"
    program.write_text(says_where, "utf-8")
    said = run(program, PYTHONPATH=str(installed))
    assert f"cosine: {shown}" in said
    assert str(installed) in said
    assert "--paper" in (tmp_path / "figure.html").read_text("utf-8")


@pytest.fixture(scope="module")
def micropip(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Pyodide's own installer of wheels, as an archive in base64; it runs in Pyodide's Python alone."""
    folder = tmp_path_factory.mktemp("micropip")
    (folder / "pins.txt").write_text(MICROPIP, "utf-8")
    get = [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps"]
    get += ["--only-binary=:all:", "--python-version", "3.14", "--dest", folder, "-r", folder / "pins.txt"]
    subprocess.run(get, check=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for wheel in folder.glob("*.whl"):
            with zipfile.ZipFile(wheel) as held:
                for name in held.namelist():
                    archive.writestr(name, held.read(name))
    return base64.b64encode(packed.getvalue()).decode()


def test_a_page_with_pyodide_alone_installs_the_wheel(
    open_page: Callable[..., Page], dist: Path, micropip: str
) -> None:
    (wheel,) = (dist / "code").glob("*.whl")
    with served({"bare.html": EMPTY}, bare=True) as address:
        said = open_page(address + "bare.html").evaluate(BARE, [micropip, wheel.name])
    assert said == ["+0.88", "<svg", True]


def test_what_is_offered_is_for_everybody(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, viewport={"width": 320, "height": 640}, color_scheme="dark")
    button = page.locator("#fig-05 [data-control=take]")
    button.press("Enter")
    dialog = page.locator(".take")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert_accessible(page, within=".take")
    assert_accessible(page, COLOURS, within=".take")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    button.press("Enter")  # and a second time
    expect(dialog).to_have_count(1)


@pytest.mark.console_errors("a file does not come")
def test_without_a_network_it_says_so(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON)
    page.route("**/take.*.js", lambda route: route.abort())
    page.locator("#fig-05 [data-control=take]").click()
    expect(page.locator(".news")).to_contain_text("the network seems to be away")
    page.unroute_all()
    page.locator("#fig-05 [data-control=take]").click()
    expect(page.locator(".take")).to_be_visible()


def test_what_a_reader_keeps_goes_to_another_browser(
    open_page: Callable[..., Page], base: str, tmp_path: Path
) -> None:
    page = open_page(base + LESSON)
    question = page.locator(".question").first
    question.locator("input").nth(1).check()
    page.locator("[data-done]").click()
    expect(page.locator("[data-done]")).to_contain_text("Done.")
    page.goto(base + "index.html")
    state = page.locator("[data-state-of='03-embeddings']")
    expect(state).to_have_text("done")
    with page.expect_download() as download:
        page.locator("[data-control=own-save]").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)

    page.locator("[data-control=own-erase]").click()
    expect(state).to_have_text("done")  # the first press only asks
    page.locator("[data-control=own-erase]").click()
    expect(state).to_have_text("")
    expect(page.locator("[data-mine] [role=status]")).to_contain_text("It is erased")

    other = open_page(base + "index.html")
    field = other.locator("[data-control=own-bring]")
    said = other.locator("[data-mine] [role=status]")
    for name, text in {"no.json": "{", "empty.json": "[]", "strange.json": '{"kept": {"x": 1}}'}.items():
        (tmp_path / name).write_text(text)
        field.set_input_files(tmp_path / name)
        expect(said).to_contain_text(f"{name} is no file that was saved here")
    (tmp_path / "b.json").write_text(file.read_text().replace("Architecture", "Another"))
    field.set_input_files(tmp_path / "b.json")
    expect(said).to_contain_text("another course")
    expect(other.locator("[data-state-of='03-embeddings']")).to_have_text("")
    field.set_input_files(file)
    expect(other.locator("[data-state-of='03-embeddings']")).to_have_text("done")
    other.goto(base + LESSON)
    answers = other.locator(".question").first.locator("input")
    expect(answers.nth(1)).to_be_checked()
    expect(answers.first).to_be_disabled()
    expect(other.locator(".question").first.locator(".explanation > *")).to_be_visible()
