"""A page with two small figures and an exercise, whose Python is a few lines of the test."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

LESSON = """\
::: question {#which answer=2}
Which one is it?

- this
- that
- neither

---

Because it is.
:::

::: figure lookup {number=1 title="One"}
:::

::: figure lookup {number=2 title="Two"}
:::

::: exercise Twice {#twice number=EX}
Return twice the number.

```python starter
def twice(x):
    return x
```

```python tests
assert twice(2) == 4
```

```python solution
def twice(x):
    return 2 * x
```
:::
"""
# Every call is noted; `answer` says what comes back, and may be another function later.
TAKE_OVER = """() => {
    const python = customElements.get("py-figure").python;
    window.calls = [];
    window.answer = () => ({});
    python.start = () => {};
    python.call = async (method, request) => {
        const asked = structuredClone(request);
        calls.push([method, asked]);
        return { id: asked.id, parts: {}, state: {}, ...(await window.answer(method, asked)) };
    };
    python.state = "ready";
    python.dispatchEvent(new Event("change"));
}"""


def take_over(page: Page) -> None:
    """Answer in Python's place from now on."""
    page.evaluate(TAKE_OVER)


def answer_with(page: Page, function: str) -> None:
    """Give `(method, request) => reply`, as JavaScript; what it leaves out is as nothing had changed."""
    page.evaluate(f"() => void (window.answer = {function})")


def calls(page: Page, method: str = "send") -> list[dict[str, Any]]:
    """Return what the page has asked for so far."""
    asked: list[list[Any]] = page.evaluate("window.calls")
    return [request for name, request in asked if name == method]


def press(page: Page, figure: str = "fig-1", control: str = "row-down") -> None:
    """Press a control, and wait until that is answered."""
    page.evaluate(
        "([id, control]) => document.querySelector(`#${id} [data-control=${control}]`).click()",
        [figure, control],
    )
    page.wait_for_function("(id) => document.getElementById(id).quiet", arg=figure)
