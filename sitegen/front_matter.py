"""The block of fields at the top of a lesson: YAML, of which each field keeps its line."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from sitegen.errors import AuthorError
from sitegen.places import Route


def read(text: str, file: Path) -> tuple[yaml.MappingNode, dict[Any, Any]]:
    """Read the block between --- lines at the top of a text: as nodes with their places, and as data.

    Raises
    ------
    AuthorError
        When it is not there, or cannot be read.
    """
    match = re.match(r"---\n(.*?\n)---(?:\n|$)", text, flags=re.DOTALL)
    if match is None:
        raise AuthorError(
            'expected front matter: a first line "---", fields, and a closing line "---"', file, 1
        )
    try:
        node, data = _yaml(match[1])
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark and error.context_mark and mark.line == match[1].count("\n"):
            mark = error.context_mark  # what is never closed is noticed at the end, and stands further up
        line = 2 + (mark.line if mark else 0)
        raise AuthorError(f"front matter is not valid YAML: {error.problem}", file, line) from error
    except RecursionError:
        raise AuthorError("front matter is nested too deep", file, 2) from None
    except (yaml.YAMLError, ValueError) as error:  # an unprintable character, a date that does not exist
        reason = str(error).splitlines()[0]
        raise AuthorError(f"front matter is not valid YAML: {reason}", file, 2) from error
    if not isinstance(data, dict) or not isinstance(node, yaml.MappingNode):
        raise AuthorError("expected front matter with fields, `name: value`", file, 2)
    return node, data


def _yaml(text: str) -> tuple[yaml.Node | None, Any]:
    """Read YAML, as nodes with their places and as data.

    libyaml does it, where it is there; what it refuses is read again by PyYAML's own reader, whose words are
    the same everywhere, and so are tabs, which the two do not take alike.
    """
    if "\t" not in text and hasattr(yaml, "CSafeLoader"):
        with contextlib.suppress(yaml.YAMLError, ValueError):
            return yaml.compose(text, yaml.CSafeLoader), yaml.load(text, yaml.CSafeLoader)
    return yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)


def line(node: yaml.Node, path: Route) -> int:
    """Line of what stands at a path in the front matter, or of the nearest thing that holds it."""
    line = node.start_mark.line
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == part), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line
    return line + 2


def twice(node: yaml.Node) -> Iterator[tuple[str, int]]:
    """Name the fields that come again, also within lists, and their lines."""
    seen: set[str] = set()
    for part in node.value if isinstance(node, yaml.CollectionNode) else ():
        key, value = part if isinstance(part, tuple) else (None, part)
        if key is not None and isinstance(key.value, str):
            if key.value in seen:
                yield key.value, key.start_mark.line + 2
            seen.add(key.value)
        if value.start_mark.index > node.start_mark.index:  # else a name for what stands further up
            yield from twice(value)
