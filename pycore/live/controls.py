"""Buttons and sliders that figures share."""

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


def group(name: str, *chips: Child, look: str = "chips") -> Markup:
    """Put chips side by side under a name that is spoken."""
    return tag("div", *chips, class_=look, role="group", aria_label=name)


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
        Where it stands, and where it can; a dozen positions at the most.
    name, spoken
        What a screen reader calls it, and its value in words.
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
            aria_label=name,
            aria_valuetext=spoken,
        ),
        class_="slider",
    )
