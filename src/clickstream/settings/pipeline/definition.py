"""The setting with the place of the pipeline's definition: a file or a module, and a name in it."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from clickstream.contract.definition.loading import SUFFIX
from clickstream.settings.kinds.group import SettingsGroup, Worded, refused
from clickstream.settings.project import in_project

A_PLACE = "FILE.py:NAME or package.module:NAME, such as my_pipeline.py:pipeline"


def located(value: str) -> str:
    """The place with an absolute path, where it is a file's: a relative one is in the project.

    Raises:
        PydanticCustomError: it has no name, or nothing before it.
    """
    where, _, name = value.rpartition(":")
    if not where or not name.isidentifier():
        raise refused(why="it does not name a pipeline in a file or module")
    if where.endswith(SUFFIX):
        return f"{in_project(Path(where).expanduser()).resolve()}:{name}"
    if not all(part.isidentifier() for part in where.split(".")):
        raise refused(why=f"{where!r} is neither a file {SUFFIX} nor a module")
    return value


class DefinitionSettings(SettingsGroup):
    """Which pipeline runs."""

    place: Annotated[str, AfterValidator(located), Worded(A_PLACE)] = Field(
        "clickstream.clicks:CLICKS", alias="PIPELINE"
    )
    """The pipeline: FILE.py:NAME, with the path of a Python file, or package.module:NAME."""

    @property
    def is_bundled(self) -> bool:
        """Whether it is the pipeline that comes with the kit, which the kit's own tests verify."""
        return self.place == str(type(self).model_fields["place"].default)
