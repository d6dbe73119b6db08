"""Pyodide's engine as the site ships it: much shorter, and it answers as the published one does."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from sitegen import archives, engine, jobs, runtime, scripts, vendor

# What an engine is made of, in small; `_gl` and `_sound` are there for packages that are not shipped.
SMALL = """\
async function createModule(Module={}){var wasmImports,_a,_b,_c;
function assignWasmExports(wasmExports){
_a=Module["_a"]=wasmExports["a"];_b=Module["_b"]=wasmExports["b"];_c=Module["_c"]=wasmExports["c"];
}
function _clock(){return _b()}_clock.sig="i";
function _gl(){return helper()}_gl.sig="ipp";function helper(){return 1}
function _sound(){return 2};Module["_sound"]=_sound;
function told(){return 3};Module["told"]=told;
var wasmImports={clock:_clock,gl:_gl,sound:_sound};
Module.run=()=>[eval("1"),wasmImports,assignWasmExports];
return Module}
export default createModule;
"""
# A module of WebAssembly that imports the function env.clock and holds nothing else.
ASKS_FOR_THE_CLOCK = bytes.fromhex("0061736d010000000105016000017f020d0103656e7605636c6f636b0000")
CODE = """
import json, math, os, pathlib, time, zlib
import numpy as np
from numpy import random
rng = random.default_rng(7)
matrix = rng.normal(size=(6, 6))
pathlib.Path("/tmp/a.txt").write_text("kept")
[
    np.linalg.svd(matrix)[1].tolist(),
    np.linalg.det(matrix),
    np.exp(matrix).sum(),
    math.lgamma(3.3),
    zlib.crc32(b"engine"),
    pathlib.Path("/tmp/a.txt").read_text(),
    sorted(os.listdir("/")),
    time.time() > 1.7e9,
]
"""
RUN = """
import { loadPyodide } from "./pyodide.mjs";
const python = await loadPyodide({ indexURL: process.cwd() });
const [wheel] = process.argv.slice(2);
await python.loadPackage(`${process.cwd()}/${wheel}`, { messageCallback() {} });
python.globals.set("code", process.argv[3]);
console.log(python.runPython(`
from pyodide.code import eval_code
import json
json.dumps(eval_code(code, {}))
`));
"""


def published() -> bytes:
    return vendor.fetch("pyodide", runtime.ENGINE).read_bytes()


def users() -> str:
    return vendor.fetch("pyodide", runtime.LOADER).read_text("utf-8") + scripts.worker()


def modules() -> list[bytes]:
    return [vendor.fetch("pyodide", runtime.WASM).read_bytes(), *archives.extension_modules()]


def test_python_answers_as_with_the_published_engine(tmp_path: Path) -> None:
    shrunk = engine.shrunk(published(), users(), modules())
    assert len(shrunk) < 0.3 * len(published())
    wheel = vendor.fetch("numpy")
    said = []
    for name, source in (("published", published()), ("shrunk", shrunk)):
        folder = tmp_path / name
        folder.mkdir()
        for file in vendor.table()["pyodide"].files:
            shutil.copyfile(vendor.fetch("pyodide", file), folder / file)
        shutil.copyfile(wheel, folder / wheel.name)
        (folder / runtime.ENGINE).write_bytes(source)
        (folder / "run.mjs").write_text(RUN, "utf-8")
        command = [next(jobs.nodes()), "run.mjs", wheel.name, CODE]
        answer = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        said.append(json.loads(answer.stdout))
    assert said[0] == said[1]
    assert said[0][5] == "kept"


def test_what_nothing_asks_for_is_left_out() -> None:
    made = engine.shrunk(SMALL.encode(), "module._a(); module.told()", [ASKS_FOR_THE_CLOCK]).decode()
    for kept in ('["_a"]', '["b"]', "clock:", '.sig="i"', '["told"]', "return 3"):
        assert kept in made
    for gone in ('["_c"]', "gl:", '"ipp"', "return 1", "sound", "return 2"):
        assert gone not in made


def test_an_engine_that_is_written_otherwise_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    other = b"export default function createModule() { return 1 }\n"
    assert engine.shrunk(other, "", []) == other
    assert "this engine is written otherwise" in " ".join(capsys.readouterr().err.split())


def test_without_node_it_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "nodes", lambda: iter(()))
    source = SMALL.replace("2", "4").encode()
    assert engine.shrunk(source, "", [ASKS_FOR_THE_CLOCK]) == source
