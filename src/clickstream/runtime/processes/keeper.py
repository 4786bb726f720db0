"""Runs one command and writes down how it ended; run as a script, by `spawn_detached`.

Only the parent of a process learns its exit code or the signal that killed it, and the command that starts a
part ends long before the part does. So each part has a keeper for its parent, which sleeps until it ends.

    python -I -S keeper.py <file for the end> <descriptor for the answer>

It reads the command line from its standard input: 12 digits with its length in bytes, then the words with NUL
between them. It answers `pid <pid>` or `error <errno>`, and continues when its standard input is closed.
"""

import os
import signal
import sys
from contextlib import suppress


def _words() -> list[bytes]:
    size_bytes = int(os.read(0, 12))
    text = b""
    while len(text) < size_bytes:
        text += os.read(0, size_bytes - len(text))
    return text.split(b"\0")


def _spawn(words: list[bytes]) -> int:
    actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    # What Python ignores for itself is not ignored by the command.
    defaults = [signal.SIGPIPE, signal.SIGXFSZ]
    given = os.environ  # noqa: TID251 - passed on as it is: who starts the part has chosen it
    return os.posix_spawnp(words[0], words, given, file_actions=actions, setsid=True, setsigdef=defaults)


def main(end: str, answer: int) -> None:
    """Start the command, answer with its pid, wait for its end, and write it down as `<pid> <code>`.

    The code is negative for a signal, as Python's subprocess has it.
    """
    os.set_inheritable(answer, False)
    try:
        pid = _spawn(_words())
    except OSError as error:
        os.write(answer, b"error %d" % (error.errno or 0))
        return
    # A signal for the part is not for its keeper.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.write(answer, b"pid %d" % pid)
    os.close(answer)
    # Until the pid and its start time are written down, the pid must not be given to another process.
    os.read(0, 1)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    partial = f"{end}.partial"
    # On a full disk the end is not known, as that of a part without a keeper.
    with suppress(OSError):
        with open(partial, "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib takes time and memory
            file.write(f"{pid} {code}\n")
        os.replace(partial, end)  # noqa: PTH105


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
