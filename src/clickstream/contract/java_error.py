"""What a Java exception says, read from the text that py4j and Spark hand over: its chain, and its root."""

import re
from dataclasses import dataclass

# A line of a stack trace that names an exception, or one within a message, as Spark quotes a task's failure.
_NAMED = re.compile(
    r"(?P<kind>(?:[a-z_][\w]*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable|Failure))"
    r"(?=(?:: ?(?P<message>[^\n]*))?)"
)
_SQL_STATE = re.compile(r"\s*SQLSTATE: \w{5}\s*$")
# Each wraps what has happened and adds nothing to it.
_WRAPPERS = frozenset(
    {
        "java.lang.reflect.InvocationTargetException",
        "java.lang.reflect.UndeclaredThrowableException",
        "java.util.concurrent.CompletionException",
        "java.util.concurrent.ExecutionException",
        "org.apache.spark.util.SparkFatalException",
    }
)


@dataclass(frozen=True, slots=True)
class JavaError:
    """One exception of a chain: its class, as `java.io.IOException`, and the first line of its message."""

    kind: str
    message: str

    def __str__(self) -> str:
        """Its class without the package, and its message."""
        name = self.kind.rpartition(".")[2]
        return f"{name}: {self.message}" if self.message else name


def text_of(error: BaseException) -> str:
    """All that an error of py4j or PySpark has to say, with the stack trace that PySpark keeps to itself."""
    # Its `str` asks the JVM, which may be gone.
    try:
        said = str(error)
    except Exception:  # whatever the asking ends in, the error itself is what matters
        said = type(error).__name__
    return "\n".join(filter(None, (said, str(getattr(error, "_stackTrace", "") or ""))))


def chain_in(text: str) -> list[JavaError]:
    """The exceptions that a text names, outermost first; empty where it names none."""
    lines = (line for line in text.splitlines() if not re.match(r"\s*at |\s*\.\.\. \d+ more", line))
    return [
        JavaError(found["kind"], _SQL_STATE.sub("", found["message"] or "").strip())
        for line in lines
        for found in _NAMED.finditer(line)
    ]


def root_of(error: BaseException) -> str:
    """The innermost cause in one line: class and message, or the first line where no exception is named."""
    text = text_of(error)
    chain = chain_in(text)
    telling = [each for each in chain if each.kind not in _WRAPPERS] or chain
    if telling:
        return str(telling[-1])
    lines = [line.strip(" :") for line in text.splitlines() if line.strip(" :")]
    return _SQL_STATE.sub("", lines[0]) if lines else type(error).__name__
