"""Fetching one locked jar through jgo, which knows the Maven repository and the person's own mirrors."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import requests
from jgo.config import GlobalSettings
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext, PythonResolver

from clickstream.clock import Clock, SystemClock
from clickstream.errors import JarsUnavailable
from clickstream.runtime.java.lockfile import LockedJar

_TIMEOUT_S = 20
_WAITS_S = (0.5, 1.5)  # between three attempts


class Fetcher(Protocol):
    """Whatever can bring a jar into a folder."""

    def __call__(self, jar: LockedJar, folder: Path, on_bytes: Callable[[int], None]) -> Path:
        """Put the jar into `folder` and return its path.

        Args:
            jar: what to fetch; its hash is checked by the caller.
            folder: an empty folder for this jar alone.
            on_bytes: told of every piece that arrived, with its size in bytes; of what has to come again,
                with its size below zero.

        Raises:
            JarsUnavailable: it cannot be had, with the host's reason.
        """


class JgoFetcher:
    """Fetches from the first repository that has the jar, in three attempts.

    Args:
        clock: the time that the waits between attempts go by.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()

    def __call__(self, jar: LockedJar, folder: Path, on_bytes: Callable[[int], None]) -> Path:
        """See `Fetcher`."""
        waits_s = list(_WAITS_S)
        while True:
            arrived = _Arrived(on_bytes)
            place = Path(tempfile.mkdtemp(dir=folder))
            try:
                return _download(jar, place, arrived)
            except (requests.RequestException, RuntimeError) as error:
                arrived.take_back()
                shutil.rmtree(place, ignore_errors=True)
                # Whoever let a connection time out does so again, and a person is waiting.
                if not waits_s or isinstance(error, requests.ConnectTimeout):
                    raise _unavailable(jar, error) from error
                self._clock.sleep(waits_s.pop(0))


def repositories() -> dict[str, str]:
    """Maven repositories by name: the central one, and those of the person's jgo configuration.

    A `central` in that configuration takes the place of the public one: that is how a mirror is named.
    """
    return {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}


class _Arrived:
    """Counts the bytes of one attempt, so that a failed one can be taken back."""

    def __init__(self, on_bytes: Callable[[int], None]) -> None:
        self._on_bytes = on_bytes
        self._count = 0

    def add(self, size_bytes: int) -> None:
        self._count += size_bytes
        self._on_bytes(size_bytes)

    def take_back(self) -> None:
        self._on_bytes(-self._count)


def _download(jar: LockedJar, place: Path, arrived: _Arrived) -> Path:
    @contextmanager
    def progress(_name: str, _total_bytes: int) -> Iterator[Callable[[int], None]]:
        yield arrived.add

    maven = MavenContext(
        resolver=PythonResolver(progress_callback=progress),
        # Empty and our own: jgo takes whatever lies in its cache, half a download included.
        repo_cache=place,
        remote_repos=repositories(),
        timeout=_TIMEOUT_S,
    )
    return maven.create_dependency(jar.coordinate).artifact.resolve()


def _unavailable(jar: LockedJar, error: requests.RequestException | RuntimeError) -> JarsUnavailable:
    if isinstance(error, requests.RequestException):
        sentence = f"{jar.coordinate} could not be fetched{_from_host(error)}: {_innermost(error)}."
    else:  # what jgo raises when no repository answered with the file
        sentence = f"{jar.coordinate} could not be fetched: no repository has it, or none let us in."
    return JarsUnavailable(
        sentence,
        next_step="Connect to the network (HTTPS_PROXY is honoured, a mirror is named in jgo's configuration)"
        " and run it again, or copy the cache folder from a machine that has the jars.",
        details=(str(error),),
    )


def _from_host(error: requests.RequestException) -> str:
    host = urlsplit(str(error.request.url)).hostname if error.request is not None else None
    proxy = (
        " through the proxy that the environment names"
        if isinstance(error, requests.exceptions.ProxyError)
        else ""
    )
    return f"{f' from {host}' if host else ''}{proxy}"


def _innermost(error: BaseException) -> str:
    """The first cause's own words: requests wraps urllib3, which wraps the socket's error."""
    while (inner := error.__cause__ or error.__context__) is not None and str(inner):
        error = inner
    return str(error).rstrip(".")
