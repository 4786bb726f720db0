"""A definition by its place, `FILE.py:NAME` or `package.module:NAME`; what is wrong in one sentence."""

import sys
import traceback
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.validation import first_fault
from clickstream.errors import ClickstreamError, DefinitionInvalid

SUFFIX = ".py"
FLAGS: dict[str, str] = {}
"""The flag that chooses the definition, by its setting; known before the settings are read."""

_MODULE_PREFIX = "clickstream_pipeline_"


def load_definition(place: str, folder: Path) -> Pipeline:
    """Load the definition at a place, and verify it.

    Args:
        place: a file by its absolute path, or a module by its dotted name, a colon, and the name in it.
        folder: where modules are found that are not installed.

    Raises:
        DefinitionInvalid: the file or module cannot be loaded, or has no sound pipeline of this name; says
            where, and what was expected.
    """
    where, _, name = place.rpartition(":")
    if where.endswith(SUFFIX) and not Path(where).is_file():
        raise DefinitionInvalid(
            f"There is no file {where}.", next_step="Set PIPELINE to FILE.py:NAME of a file that exists."
        )
    module = _loaded(where, folder)
    if not hasattr(module, name):
        raise DefinitionInvalid(f"{where} has no pipeline {name!r}.", next_step=_instead(where, module))
    pipeline = getattr(module, name)
    if not isinstance(pipeline, Pipeline):
        raise DefinitionInvalid(
            f"{name!r} in {where} is of type {type(pipeline).__name__}: expected a Pipeline.",
            next_step=_instead(where, module),
        )
    if fault := first_fault(pipeline):
        raise DefinitionInvalid(f"{name!r} in {where} cannot run: {fault}.", next_step=f"Correct {where}.")
    return pipeline


def place_in_file(error: BaseException, file: str) -> str:
    """The place of an error in a file, such as `readings.py, line 12`; only the file if it is not in it."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return f"{file}, line {error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f"{file}, line {lines[-1]}" if lines else file


def place_of_function(function: object) -> str:
    """The file and line of a function, such as `readings.py, line 12`."""
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}, line {code.co_firstlineno}" if code is not None else repr(function)


def _loaded(where: str, folder: Path) -> ModuleType:
    file = where
    try:
        if not where.endswith(SUFFIX):
            if str(folder) not in sys.path:
                sys.path.append(str(folder))
            return import_module(where)
        return _from_file(Path(where))
    except ModuleNotFoundError as error:
        if error.name and (where == error.name or where.startswith(f"{error.name}.")):
            raise DefinitionInvalid(
                f"There is no module {where}.",
                next_step="Set PIPELINE to FILE.py:NAME, or to package.module:NAME of an installed package.",
            ) from error
        raise DefinitionInvalid(
            f"{place_in_file(error, file)}: it imports {error.name}, which is not installed.",
            next_step=f"Install it into the environment of clickstream, or correct {where}.",
        ) from error
    except ClickstreamError as error:
        raise DefinitionInvalid(
            f"{place_in_file(error, file)}: {error.sentence}", next_step=error.next_step
        ) from error
    except (Exception, SystemExit) as error:
        why = error.msg if isinstance(error, SyntaxError) else str(error).partition("\n")[0]
        raise DefinitionInvalid(
            f"{place_in_file(error, file)}: {type(error).__name__}: {why}.", next_step=f"Correct {where}."
        ) from error


def _from_file(file: Path) -> ModuleType:
    # It may import modules beside it; last, so that none of them takes the place of an installed one.
    if str(file.parent) not in sys.path:
        sys.path.append(str(file.parent))
    name = _MODULE_PREFIX + file.stem
    spec = spec_from_file_location(name, file)
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - of a file with this suffix
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _instead(where: str, module: ModuleType) -> str:
    names = [name for name, value in vars(module).items() if isinstance(value, Pipeline)]
    if not names:
        return f"Define one in {where}: pipeline = Pipeline(…)."
    return f"Set PIPELINE={where}:{names[0]}."
