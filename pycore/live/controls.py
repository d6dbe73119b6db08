"""Buttons, switches and sliders that figures share; `settings.py` ties them to fields of the state."""

from __future__ import annotations

from collections.abc import Mapping

from pycore.live.markup import Attribute, Child, Markup, tag


def button(
    *children: Child,
    event: str,
    arg: str | int | None,
    control: str,
    pressed: bool | None = None,
    **attributes: Attribute,
) -> Markup:
    """Draw a button.

    Parameters
    ----------
    children
        What stands on it.
    event, arg
        The event that a press sends, and its argument, if it has one.
    control
        The control's name, unique within the figure.
    pressed
        Whether it shows as chosen; None for a button that cannot be.
    attributes
        Others, as `tag` takes them.
    """
    return tag(
        "button",
        *children,
        type="button",
        data_control=control,
        data_on_click=event,
        data_arg=arg,
        aria_pressed=None if pressed is None else str(pressed).lower(),
        **attributes,
    )


def chip(
    label: str,
    event: str,
    arg: str | None,
    control: str,
    pressed: bool | None = None,
    name: str | None = None,
) -> Markup:
    """Draw a small button, as `button` does; `name` says what it is called where its label is a sign."""
    return button(
        label, event=event, arg=arg, control=control, pressed=pressed, class_="chip", aria_label=name
    )


def switch(label: Child, event: str, control: str, on: bool, arg: str | None = None) -> Markup:
    """Draw a switch for what is on or off; a press sends the event.

    >>> switch("grid", "flip", "grid", on=True)
    '<button type="button" data-control="grid" data-on-click="flip" role="switch" aria-checked="true"
        class="switch">grid</button>'
    """
    return button(
        label,
        event=event,
        arg=arg,
        control=control,
        role="switch",
        aria_checked=str(on).lower(),
        class_="switch",
    )


def group(name: str, *buttons: Child, look: str = "chips", move: str = "horizontal") -> Markup:
    """Put buttons together under a name that is spoken: one stop of the tab key, within it arrows move.

    Parameters
    ----------
    name
        What a screen reader calls the group.
    buttons
        Buttons, or elements that hold them. What can be dragged has no place here: arrows move it itself.
    look
        A class: "chips", "steps", or one of the figure's own.
    move
        The arrows that move: "horizontal", "vertical" or "both".

    Examples
    --------
    >>> group("Pets", chip("cat", "pick", "cat", "pick-cat"))
    '<div class="chips" role="group" aria-label="Pets" data-group="horizontal"><button ...>cat</button></div>'
    """
    return tag("div", *buttons, class_=look, role="group", aria_label=name, data_group=move)


def choice(event: str, labels: Mapping[str, str], chosen: str | None, control: str = "{}") -> list[Markup]:
    """Draw a chip for each of several answers, of which one is in force.

    Parameters
    ----------
    event
        What a press sends, with the answer's key.
    labels
        What stands on each chip, by the answer's key.
    chosen
        The key in force, if one is.
    control
        The names of the controls: "{}" stands for the key.

    Examples
    --------
    >>> choice("turn", {"n": "north", "s": "south"}, "n", "turn-{}")[1]
    '<button type="button" data-control="turn-s" data-on-click="turn" data-arg="s" aria-pressed="false"
        class="chip">south</button>'
    """
    return [chip(label, event, key, control.format(key), key == chosen) for key, label in labels.items()]


def slider(
    label: Child,
    event: str,
    control: str,
    value: int,
    most: int,
    *,
    least: int = 0,
    step: int = 1,
    name: str,
    spoken: str,
    arg: str | None = None,
) -> Markup:
    """Draw a slider with its label before it.

    Parameters
    ----------
    label
        What is read beside it: the quantity, and its value in an element with `data-out`.
    event
        What each move sends, with the new value.
    control
        The control's name, unique within the figure.
    value, most, least, step
        Where it stands, and where it can. Up to two dozen positions the page knows beforehand what they show.
    name, spoken
        What a screen reader calls it, and its value in words.
    arg
        What the event is told before the value.

    Examples
    --------
    >>> slider("layer 3", "go", "layer", 3, 6, name="Layer", spoken="layer 3 of 6")
    '<label class="slider"><span class="label">layer 3</span><input type="range" min="0" max="6" step="1"
        value="3" data-control="layer" data-on-input="go" aria-label="Layer"
        aria-valuetext="layer 3 of 6"/></label>'
    """
    return tag(
        "label",
        tag("span", label, class_="label"),
        tag(
            "input",
            type="range",
            min=least,
            max=most,
            step=step,
            value=value,
            data_control=control,
            data_on_input=event,
            data_arg=arg,
            aria_label=name,
            aria_valuetext=spoken,
        ),
        class_="slider",
    )
