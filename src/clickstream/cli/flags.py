"""How flags are read whose values need more than a type; heavy imports happen when one is given."""

from pathlib import Path


def folder_flag(value: str) -> Path:
    """The folder that `--folder` names.

    Raises:
        SettingInvalid: it is a URL, or not a path.
    """
    from clickstream.settings import path_of_flag

    return path_of_flag("--folder", value)


def file_argument(value: str) -> Path:
    """The file that the argument FILE names.

    Raises:
        SettingInvalid: it is a URL, or not a path.
    """
    from clickstream.settings import path_of_flag

    return path_of_flag("FILE", value, source="argument")
