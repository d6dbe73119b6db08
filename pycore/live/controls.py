"""Buttons that figures share."""

from __future__ import annotations

from pycore.live.markup import Markup, tag


def chip(
    label: str,
    event: str,
    arg: str | None,
    control: str,
    pressed: bool | None = None,
    name: str | None = None,
) -> Markup:
    """Draw a small button.

    Parameters
    ----------
    label
        What stands on it.
    event, arg
        The event that a press sends, and its argument, if it has one.
    control
        The control's name, unique within the figure.
    pressed
        Whether it shows as chosen; None for a button that cannot be.
    name
        What it is called, where its label is a sign.
    """
    return tag(
        "button",
        label,
        type="button",
        class_="chip",
        data_control=control,
        data_on_click=event,
        data_arg=arg,
        aria_label=name,
        aria_pressed=None if pressed is None else str(pressed).lower(),
    )
