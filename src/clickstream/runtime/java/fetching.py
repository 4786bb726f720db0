"""Fetching one locked jar through jgo, which knows the Maven repository and the user's own mirrors."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import requests
from jgo.config import GlobalSettings
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext, PythonResolver

from clickstream.clock import Clock, SystemClock
from clickstream.errors import JarsUnavailable
from clickstream.runtime.java.lockfile import LockedJar

Fetch = Callable[[LockedJar, Path, Callable[[int], None]], Path]
"""Puts a jar into an empty folder, calls back with the bytes that arrive, and returns the jar's path.

Bytes that have to come again are reported as negative. The caller verifies the jar. Raises JarsUnavailable.
"""

_TIMEOUT_S = 20
_WAITS_S = (0.5, 1.5)
"""Between three attempts."""


def fetch_with_jgo(
    jar: LockedJar, folder: Path, on_bytes: Callable[[int], None], *, clock: Clock | None = None
) -> Path:
    """Fetch a jar from the first repository that has it, in three attempts; see `Fetch`."""
    waits_s = list(_WAITS_S)
    while True:
        arrived: list[int] = []

        def add(size_bytes: int, arrived: list[int] = arrived) -> None:
            arrived.append(size_bytes)
            on_bytes(size_bytes)

        place = Path(tempfile.mkdtemp(dir=folder))
        try:
            return _download(jar, place, add)
        except (requests.RequestException, RuntimeError) as error:
            on_bytes(-sum(arrived))
            shutil.rmtree(place, ignore_errors=True)
            # A host that let a connection time out does so again, and a user is waiting.
            if not waits_s or isinstance(error, requests.ConnectTimeout):
                raise _unavailable(jar, error) from error
            (clock or SystemClock()).sleep(waits_s.pop(0))


def repositories() -> dict[str, str]:
    """Maven repositories by name: the central one, and those of the user's jgo configuration.

    A `central` in that configuration replaces the public one: that is how a mirror is named.
    """
    return {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}


def _download(jar: LockedJar, place: Path, on_bytes: Callable[[int], None]) -> Path:
    @contextmanager
    def progress(_name: str, _total_bytes: int) -> Iterator[Callable[[int], None]]:
        yield on_bytes

    maven = MavenContext(
        resolver=PythonResolver(progress_callback=progress),
        # An empty cache of the kit: jgo uses everything in its cache, including incomplete downloads.
        repo_cache=place,
        remote_repos=repositories(),
        timeout=_TIMEOUT_S,
    )
    return maven.create_dependency(jar.coordinate).artifact.resolve()


def _unavailable(jar: LockedJar, error: requests.RequestException | RuntimeError) -> JarsUnavailable:
    if isinstance(error, requests.RequestException):
        sentence = f"{jar.coordinate} could not be fetched{_from_host(error)}: {_innermost(error)}."
    else:  # what jgo raises when no repository answered with the file
        sentence = f"{jar.coordinate} could not be fetched: no repository has it, or all denied access."
    return JarsUnavailable(
        sentence,
        next_step="Connect to the network (for a proxy set HTTPS_PROXY, for a mirror jgo's configuration)"
        " and run the command again, or copy the cache folder from a machine that has the jars.",
        details=(str(error),),
    )


def _from_host(error: requests.RequestException) -> str:
    host = urlsplit(str(error.request.url)).hostname if error.request is not None else None
    through_proxy = isinstance(error, requests.exceptions.ProxyError)
    proxy = " through the proxy that the environment names" if through_proxy else ""
    return f"{f' from {host}' if host else ''}{proxy}"


def _innermost(error: BaseException) -> str:
    """The first cause's own words: requests wraps urllib3, which wraps the socket's error."""
    while (inner := error.__cause__ or error.__context__) is not None and str(inner):
        error = inner
    return str(error).rstrip(".")
