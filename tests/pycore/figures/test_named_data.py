"""Each figure reads no data but what it names: a page fetches that, and it may be its page's first figure."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from pycore.live import catalog

# A process for each figure, since what one has read is kept and hides what the next one lacks.
REPLAY = """
import json, os, sys
from pathlib import Path

import numpy
from pycore import data, figures
from pycore.live import catalog
from pycore.live.host import Host
from sitegen.given import given

opened = set()


def watch(event, args):
    if event == "open" and not isinstance(args[0], int):
        file = Path(os.fsdecode(args[0]))
        if file.is_relative_to(data.FOLDER) and file.suffix not in (".py", ".pyc"):
            opened.add(file.relative_to(data.FOLDER).as_posix())


sys.addaudithook(watch)
for path in catalog.paths():
    if child := os.fork():
        assert os.waitpid(child, 0)[1] == 0
        continue
    record = json.loads(Path(figures.__path__[0], f"{path}.events.json").read_text("utf-8"))
    kind, host = catalog.load(path), Host()
    mount = {"id": "one", "name": path, "params": record["params"] | given(kind, "one")}
    host.mount(json.dumps(mount | {"state": record.get("state")}))
    for event, args in record["events"]:
        host.send(json.dumps({"id": "one", "event": event, "args": args}))
    print(json.dumps([path, sorted(opened), list(kind.data)]), flush=True)
    os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that begin as copies of this one")
def test_figures_read_only_the_data_that_they_name() -> None:
    done = subprocess.run([sys.executable, "-c", REPLAY], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {
        path: (set(opened), set(named)) for path, opened, named in map(json.loads, done.stdout.splitlines())
    }
    assert sorted(found) == catalog.paths()
    assert any(opened for opened, _ in found.values())
    lacking = {path: sorted(opened - named) for path, (opened, named) in found.items() if opened - named}
    assert lacking == {}
