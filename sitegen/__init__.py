"""The generator: Markdown lessons and Jinja templates in, a static site out."""
