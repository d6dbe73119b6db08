"""Controls that are tied to a figure's `settings`: they show a field of the state, and a press sets it.

The figure says once what each field may be. No event handler is needed, and no address can set anything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pycore.live.controls import chip, group, slider, switch
from pycore.live.figure import Figure
from pycore.live.markup import Child, Markup, tag
from pycore.live.scale import Scale


def chips(
    figure: Figure[Any],
    field: str,
    labels: Mapping[Any, str],
    name: str,
    *others: Child,
    control: str | Sequence[str] = "{}",
) -> Markup:
    """Draw a chip for each value that a field may have, in a group.

    Parameters
    ----------
    figure, field
        Whose field it is.
    labels
        What stands on each chip, by the value.
    name
        What the group is called.
    others
        Chips that follow in the same group.
    control
        The names of the controls, or one for all, in which "{}" stands for the value.
    """
    values = [_text(value) for value in labels]
    names = [control.format(value) for value in values] if isinstance(control, str) else control
    chosen = _text(getattr(figure.state, field))
    return group(
        name,
        (
            chip(label, "adjust", f"{field}={value}", its, value == chosen)
            for value, label, its in zip(values, labels.values(), names, strict=True)
        ),
        *others,
    )


def toggle(figure: Figure[Any], field: str, label: str, control: str | None = None) -> Markup:
    """Draw a chip that is pressed while a field is true."""
    on = bool(getattr(figure.state, field))
    return chip(label, "adjust", f"{field}={_text(not on)}", control or field, on)


def flip(figure: Figure[Any], field: str, label: str, control: str | None = None) -> Markup:
    """Draw a switch that is on while a field is true."""
    on = bool(getattr(figure.state, field))
    return switch(label, "adjust", control or field, on, f"{field}={_text(not on)}")


def slide(
    figure: Figure[Any],
    field: str,
    label: str,
    text: str,
    *,
    name: str | None = None,
    spoken: str | None = None,
    control: str | None = None,
) -> Markup:
    """Draw a slider for a field that has a scale, or whose values are a range of whole numbers.

    Parameters
    ----------
    figure, field
        Whose field it is.
    label, text
        What it is, and its value as it is read; the value's `data-out` is named as the control.
    name, spoken
        What a screen reader calls it, and its value in words, where these differ from label and text.
    control
        Its name, if it is not the field's.
    """
    control, value, allowed = control or field, getattr(figure.state, field), figure.settings[field]
    if isinstance(allowed, Scale):
        at, least, most, step = allowed.position(value), 0, allowed.steps, 1
    elif isinstance(allowed, range):
        at, least, most, step = value, allowed[0], allowed[-1], allowed.step
    else:
        raise TypeError(
            f'expected settings["{field}"] to be a Scale or a range; found {type(allowed).__name__}'
        )
    return slider(
        [label, " ", tag("b", text, data_out=control)],
        "adjust",
        control,
        at,
        most,
        least=least,
        step=step,
        name=name or label,
        spoken=spoken or text,
        arg=field,
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
