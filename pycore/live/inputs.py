"""Fields for text and files. What cannot be read yet is no error: a gentle word beside the field says so."""

from __future__ import annotations

import re

from pycore.live.markup import Attribute, Markup, tag

_TWO_UNITS = re.compile("[\U00010000-\U0010ffff]")


def text_box(
    label: str,
    event: str,
    control: str,
    value: str,
    *,
    problem: str = "",
    within: str = "",
    most: int = 200,
    arg: str | None = None,
    **attributes: Attribute,
) -> Markup:
    """Draw a box for a line of text.

    Parameters
    ----------
    label
        What stands before it.
    event, arg
        What each keystroke sends, with the text, after the argument if there is one.
    control
        The control's name.
    value
        What stands in it: the text as it was typed, whether it can be read or not.
    problem
        What is still missing, in words; see `parsing.py`.
    within
        The figure's `id`: the problem needs an id of its own.
    most
        How many characters it holds, as a browser counts: in units of UTF-16. It cuts what is longer without
        a word, so a full box says it, where no other problem is told.
    attributes
        Others, as `tag` takes them: `placeholder`, `inputmode`.

    Examples
    --------
    >>> text_box("values", "type", "values", "1, ", problem="a number is missing", within="fig-07")
    '<div class="field"><label><span class="label">values</span><input type="text" value="1, "
        data-control="values" data-on-input="type" maxlength="200" autocomplete="off" spellcheck="false"
        aria-describedby="fig-07-values-problem"/></label><p class="problem" id="fig-07-values-problem"
        role="status">a number is missing</p></div>'
    """
    about, described = _problem(problem or _full(value, most), within, control)
    box = tag(
        "input",
        type="text",
        value=value,
        data_control=control,
        data_on_input=event,
        data_arg=arg,
        maxlength=most,
        autocomplete="off",
        spellcheck="false",
        aria_describedby=about,
        **attributes,
    )
    return tag("div", tag("label", tag("span", label, class_="label"), box), described, class_="field")


def text_area(
    label: str,
    event: str,
    control: str,
    value: str,
    *,
    problem: str = "",
    within: str = "",
    most: int = 5000,
    rows: int = 5,
    arg: str | None = None,
    **attributes: Attribute,
) -> Markup:
    r"""Draw a field for several lines of text, as `text_box` does for one.

    >>> text_area("points", "type", "points", "1,2,a", rows=2)
    '<div class="field"><label><span class="label">points</span><textarea data-control="points"
        data-on-input="type" maxlength="5000" rows="2" autocomplete="off" spellcheck="false"
        aria-describedby="-points-problem">\n1,2,a</textarea></label><p class="problem" id="-points-problem"
        role="status"></p></div>'
    """
    about, described = _problem(problem or _full(value, most), within, control)
    area = tag(
        "textarea",
        "\n" + value,  # the reader of HTML takes the first line break away
        data_control=control,
        data_on_input=event,
        data_arg=arg,
        maxlength=most,
        rows=rows,
        autocomplete="off",
        spellcheck="false",
        aria_describedby=about,
        **attributes,
    )
    return tag("div", tag("label", tag("span", label, class_="label"), area), described, class_="field")


def open_file(
    label: str,
    event: str,
    control: str,
    *,
    accept: str = ".txt,.csv,text/plain",
    most_bytes: int = 100_000,
    arg: str | None = None,
) -> Markup:
    """Draw a button that opens a file; it is read in the page, as text, and leaves it for nowhere.

    The event gets the argument, if there is one, the file's name and its text.

    >>> open_file("Open a list", "take", "file", most_bytes=1000)
    '<label class="file"><input type="file" accept=".txt,.csv,text/plain" data-control="file"
        data-on-file="take" data-most-bytes="1000"/><span class="chip">Open a list</span></label>'
    """
    field = tag(
        "input",
        type="file",
        accept=accept,
        data_control=control,
        data_on_file=event,
        data_arg=arg,
        data_most_bytes=most_bytes,
    )
    return tag("label", field, tag("span", label, class_="chip"), class_="file")


def _full(value: str, most: int) -> str:
    """Say that a box is full; a character of two units finds no room in the last one."""
    units = len(value) + len(_TWO_UNITS.findall(value))
    return "The box is full: longer texts are cut." if units >= most - 1 else ""


def _problem(text: str, within: str, control: str) -> tuple[str, Markup]:
    about = f"{within}-{control}-problem"
    return about, tag("p", text, class_="problem", id=about, role="status")
