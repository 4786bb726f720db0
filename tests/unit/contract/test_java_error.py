"""The innermost cause of a Java exception, from the texts that py4j and Spark hand over."""

import pytest

from clickstream.contract.java_error import JavaError, chain_in, root_of, text_of

FROM_PY4J = """An error occurred while calling o34.parquet.
: java.net.ConnectException: Call From host/127.0.0.1 to localhost:1 failed on connection exception
\tat java.base/sun.reflect.Some.error(Some.java:1)
\t... 12 more
Caused by: java.util.concurrent.ExecutionException: java.io.IOException: Connection refused
\tat org.apache.hadoop.ipc.Client.call(Client.java:1)
"""
FROM_A_TASK = """Job aborted due to stage failure: Task 0 in stage 1.0 failed 1 times, most recent failure: \
Lost task 0.0 in stage 1.0 (TID 1) (127.0.0.1 executor driver): java.lang.OutOfMemoryError: Java heap space
\tat org.apache.spark.Some.run(Some.scala:1)

Driver stacktrace:"""


class Captured(Exception):
    """As PySpark's, which keeps the stack trace to itself."""

    def __init__(self, text: str, stack_trace: str) -> None:
        super().__init__(text)
        self._stackTrace = stack_trace


@pytest.mark.parametrize(
    ("error", "root"),
    [
        (RuntimeError(FROM_PY4J), "IOException: Connection refused"),
        (RuntimeError(FROM_A_TASK), "OutOfMemoryError: Java heap space"),
        (RuntimeError(": java.lang.NullPointerException"), "NullPointerException"),
        (
            Captured(
                "[STREAM_FAILED] Query [id = 1] terminated with exception: gone SQLSTATE: XXKST",
                "org.apache.spark.SparkException: [X] gone SQLSTATE: XXKST\n\tat a.b\n"
                "Caused by: java.nio.file.NoSuchFileException: /a/b",
            ),
            "NoSuchFileException: /a/b",
        ),
        (
            RuntimeError("[SOME_CONDITION] It went wrong. SQLSTATE: 42P01\nmore"),
            "[SOME_CONDITION] It went wrong.",
        ),
        (RuntimeError(""), "RuntimeError"),
    ],
)
def test_the_root_is_the_innermost_exception_with_class_and_message(error: Exception, root: str) -> None:
    assert root_of(error) == root


def test_a_chain_is_outermost_first_and_without_the_lines_of_the_stack() -> None:
    assert [each.kind.rpartition(".")[2] for each in chain_in(FROM_PY4J)] == [
        "ConnectException",
        "ExecutionException",
        "IOException",
    ]
    assert str(JavaError("java.lang.Error", "")) == "Error"


def test_an_error_whose_text_only_the_dead_jvm_has_is_named_by_its_class() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ConnectionError

    assert text_of(Mute()) == "Mute"
