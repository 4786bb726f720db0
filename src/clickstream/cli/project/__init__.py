"""The commands that write files of a project: `init` and `add table`; templates are `string.Template`s."""

from importlib.resources import files
from string import Template


def filled(template: str, **values: str) -> str:
    """The template of this name, such as `pipeline.py`, with a value for each of its names."""
    text = files(__name__).joinpath("templates", f"{template}.template").read_text(encoding="utf-8")
    return Template(text).substitute(values)
