"""What stands beside a picture: a large number, a list of readings, the nearest words, folds."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

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


def legend(signs: Mapping[str, str], *others: Child) -> Markup:
    """Draw what the signs of a picture mean.

    Parameters
    ----------
    signs
        What each means, by the class of its sign.
    others
        What else is to be said, such as what an axis measures.

    Examples
    --------
    >>> legend({"mark old": "from the old model"}, "across: bytes")
    '<p class="legend"><span><i class="mark old"></i>from the old model</span><span>across: bytes</span></p>'
    """
    named = (tag("span", tag("i", class_=sign or None), text) for sign, text in signs.items())
    return tag("p", named, (tag("span", other) for other in others), class_="legend")


def titled(*columns: tuple[Child, Child]) -> Markup:
    """Put lists or pictures side by side, each under its title.

    >>> titled(("one", tag("ol")), ("two", tag("ol")))
    '<div class="columns"><div><p class="label">one</p><ol></ol></div><div><p
        class="label">two</p><ol></ol></div></div>'
    """
    shown = (tag("div", tag("p", title, class_="label"), content) for title, content in columns)
    return tag("div", shown, class_="columns")


def fold(summary: str, *children: Child) -> Markup:
    """Fold away what is not needed at first: closed, until the reader opens it; a figure may have several.

    >>> fold("More readings", "as text")
    '<details class="fold"><summary>More readings</summary>as text</details>'
    """
    return tag("details", tag("summary", summary), *children, class_="fold")


def honest(*children: Child) -> Markup:
    """Draw what a picture cannot show, and what was chosen by hand.

    >>> honest("Of ", 100, " words.")
    '<p class="honest">Of 100 words.</p>'
    """
    return tag("p", *children, class_="honest")
