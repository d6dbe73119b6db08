"""What stands beside a picture: a large number, a list of readings, the nearest words."""

from __future__ import annotations

from collections.abc import Container, Iterable

from pycore.live.markup import Child, Markup, signed, tag


def headline(label: str, value: str, out: str, verdict: str | None = None) -> list[Markup]:
    """Draw the one number that counts, and say in a few words what it means.

    Parameters
    ----------
    label
        What the number is.
    value, out
        Its text, and the name by which it is read.
    verdict
        What it means; read as "verdict", and spoken when it changes.
    """
    return [
        tag("p", label, class_="label"),
        tag("p", value, class_="big", data_out=out),
        *(
            []
            if verdict is None
            else [tag("p", verdict, class_="verdict", data_out="verdict", role="status")]
        ),
    ]


def readings(rows: Iterable[tuple[Child, str, str]]) -> Markup:
    """Draw numbers as a list, a row each: what it is, the name by which it is read, its text."""
    return tag(
        "dl",
        ((tag("dt", label), tag("dd", text, data_out=out)) for label, out, text in rows),
        class_="readings",
    )


def nearest_words(
    found: Iterable[tuple[str, float]],
    word_out: str = "nearest-{}",
    cosine_out: str | None = None,
    kept: Container[str] = (),
) -> Markup:
    """Draw words with their cosines, the nearest first.

    Parameters
    ----------
    found
        Words and cosines.
    word_out, cosine_out
        The names by which words and cosines are read: "{}" stands for the place, from 1.
    kept
        Words that are marked.
    """
    return tag(
        "ol",
        (
            tag(
                "li",
                tag("span", word, data_out=word_out.format(place)),
                tag(
                    "span",
                    signed(cosine),
                    class_="value",
                    data_out=cosine_out and cosine_out.format(place),
                ),
                class_="kept" if word in kept else None,
            )
            for place, (word, cosine) in enumerate(found, 1)
        ),
        class_="nearest",
    )
