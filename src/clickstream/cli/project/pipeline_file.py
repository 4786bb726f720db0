"""The text of a pipeline file with one more table in it."""

import ast

from clickstream.errors import DefinitionInvalid

_IMPORT = ast.unparse(ast.ImportFrom("clickstream", [ast.alias("define")], level=0))


def with_table(text: str, file: str, pipeline: str, constant: str, definition: str) -> str:
    """Add a table above the pipeline, and at the end of its tables.

    Args:
        text: the file's text, which is sound Python.
        file: its name, for errors.
        pipeline: the name of the pipeline in it.
        constant: the name of the table in it.
        definition: the lines that define the table.
    """
    tree = ast.parse(text)
    first_line, call = _call(tree, file, pipeline)
    last = _tables(call, file, pipeline).elts[-1]
    lines = text.rstrip("\n").split("\n")
    at, column = last.end_lineno or 0, last.end_col_offset or 0
    row = lines[at - 1].encode()  # columns count bytes
    own_line = row[: last.col_offset].isspace() and last.lineno == last.end_lineno
    added = f",\n{' ' * last.col_offset}{constant}" if own_line else f", {constant}"
    lines[at - 1] = (row[:column] + added.encode() + row[column:]).decode()
    above = first_line - 1
    while above and lines[above - 1].startswith("#"):  # comments of the pipeline stay above it
        above -= 1
    lines[above:above] = [*definition.splitlines(), ""]
    if _IMPORT not in lines:
        lines.insert(_first_import(tree) - 1, _IMPORT)
    return "\n".join(lines) + "\n"


def event_of(text: str, file: str, pipeline: str) -> str:
    """The pipeline's event, as the file names it."""
    _, call = _call(ast.parse(text), file, pipeline)
    event = call.args[1] if len(call.args) > 1 else _keyword(call, "event")
    if not isinstance(event, ast.Name):
        raise _unexpected(file, pipeline)
    return event.id


def _call(tree: ast.Module, file: str, pipeline: str) -> tuple[int, ast.Call]:
    """The line where the pipeline is defined, and the call that makes it."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if isinstance(value, ast.Call) and any(getattr(each, "id", "") == pipeline for each in targets):
            return node.lineno, value
    raise _unexpected(file, pipeline)


def _tables(call: ast.Call, file: str, pipeline: str) -> ast.Tuple:
    tables = call.args[2] if len(call.args) > 2 else _keyword(call, "tables")
    if not isinstance(tables, ast.Tuple) or not tables.elts:
        raise _unexpected(file, pipeline)
    return tables


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def _first_import(tree: ast.Module) -> int:
    """The line of the first import that may have others before it."""
    return next(
        node.lineno
        for node in tree.body
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.module != "__future__")
    )


def _unexpected(file: str, pipeline: str) -> DefinitionInvalid:
    return DefinitionInvalid(
        f"{file} does not define {pipeline} as `{pipeline} = Pipeline(NAME, EVENT, (TABLE, …))`.",
        next_step=f"Write it so in {file}, or add the table yourself: docs/your-own-pipeline.md shows how.",
    )
