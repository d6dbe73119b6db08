from __future__ import annotations

import re

from sitegen import engine, runtime, vendor

HANDED_ON = re.compile(r'_\w+=Module\["(_\w+)"\]=wasmExports\["(\w+)"\];')
LOOP = re.compile(r'for\(const name of "([\w ]+)"\.split\(" "\)\)Module\["_"\+name\]=wasmExports\[name\];')


def published() -> str:
    return vendor.fetch("pyodide", runtime.ENGINE).read_text("utf-8")


def test_every_export_is_handed_on_as_before() -> None:
    before = published()
    after = engine.trimmed(before)
    [loop] = LOOP.findall(after)
    handed_on = [(f"_{name}", name) for name in loop.split(" ")] + HANDED_ON.findall(after)
    assert sorted(handed_on) == sorted(HANDED_ON.findall(before))
    assert len(after) < 0.75 * len(before)


def test_nothing_else_changes() -> None:
    before = published()
    after = engine.trimmed(before)
    [loop] = LOOP.finditer(after)
    names = {f"_{name}" for name in loop[1].split(" ")}
    assert not names & set(re.findall(r"[\w$]+", after))
    rest = HANDED_ON.sub(lambda line: "" if line[1] in names else line[0], before)
    end = rest.index(";function assignWasmExports")
    start = rest.rindex("var ", 0, end) + len("var ")
    declared = ",".join(name for name in rest[start:end].split(",") if name not in names)
    assert after.replace(loop[0], "") == rest[:start] + declared + rest[end:]


def test_an_engine_that_is_written_otherwise_stays_as_it_is() -> None:
    other = 'var _a,_b;function assign(wasmExports){_a=Module["_a"]=wasmExports["a"];}'
    assert engine.trimmed(other) == other
    used = 'var _a;function assignWasmExports(wasmExports){_a=Module["_a"]=wasmExports["a"];}_a();'
    assert engine.trimmed(used) == used


def test_a_name_that_the_engine_uses_keeps_its_line() -> None:
    source = (
        "var _a,_b;function assignWasmExports(wasmExports){"
        '_a=Module["_a"]=wasmExports["a"];_b=Module["_b"]=wasmExports["b"];}_b();'
    )
    assert engine.trimmed(source) == (
        "var _b;function assignWasmExports(wasmExports){"
        'for(const name of "a".split(" "))Module["_"+name]=wasmExports[name];'
        '_b=Module["_b"]=wasmExports["b"];}_b();'
    )
