"""The jars of a lock file, in the user's cache: fetched once, verified before every use."""

import hashlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import platformdirs
from filelock import FileLock

from clickstream.errors import JarsUnavailable, writing
from clickstream.runtime.java.fetching import Fetch, fetch_with_jgo
from clickstream.runtime.java.lockfile import LockedJar

SPARK_KAFKA = "spark-kafka"
"""The lock of Spark's Kafka connector, without what PySpark brings itself."""
KAFKA = "kafka"
"""The lock of Apache Kafka as a server, with everything it needs."""

Progress = Callable[[int, int], None]
"""Called by any thread with the bytes that have arrived, and the bytes in all."""

FETCHING_LOCK = "fetching.lock"
"""Held in the folder of jars while jars are fetched or removed."""

_PARALLEL_DOWNLOADS = 6
_CACHE_WITHOUT_HOME = Path(".clickstream/cache")


def cache_folder(chosen: Path | None) -> Path:
    """The setting CACHE_PATH if it is given, otherwise the user's own cache folder; absolute.

    A user without a home folder (no HOME, no entry in the system's list of users) gets one in this folder.
    """
    if chosen:
        return chosen.absolute()
    try:
        return platformdirs.user_cache_path("clickstream-devkit").absolute()
    except RuntimeError:
        return _CACHE_WITHOUT_HOME.absolute()


def resolve(
    locked: Iterable[LockedJar],
    cache: Path,
    on_progress: Progress | None = None,
    *,
    fetch: Fetch = fetch_with_jgo,
) -> list[Path]:
    """The paths of these jars in the cache, each with the locked SHA-256, in the lock's order.

    Fetches what is missing, one process at a time; a jar appears there whole or not at all. `on_progress` is
    not called if nothing has to be fetched.

    Raises:
        JarsUnavailable: a jar cannot be fetched, or is not the locked one.
        FolderNotWritable: the cache cannot be written.
    """
    folder = cache / "jars"
    places = {jar: folder / jar.relative_path for jar in locked}
    next_step = "Free space or make it writable, or set CACHE_PATH to another folder."
    with writing(f"The cache {cache}", next_step=next_step):
        if any(not place.exists() for place in places.values()):
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / FETCHING_LOCK):
                # Another process may have fetched them while we waited.
                missing = {jar: place for jar, place in places.items() if not place.exists()}
                _fetch_all(missing, folder, _counted(missing, on_progress), fetch)
    for jar, place in places.items():
        _verify(jar, place, f"the cached {place}", f"Remove {place} and run it again: it is fetched again.")
    return list(places.values())


def verified(jar: LockedJar, cache: Path) -> bool:
    """Whether the cache has a jar, and that it is the locked one; fetches nothing.

    Raises:
        JarsUnavailable: it is not the locked jar, or cannot be read.
    """
    place = cache / "jars" / jar.relative_path
    if not place.exists():
        return False
    _verify(jar, place, f"the cached {place}", f"Remove {place}: it is fetched again.")
    return True


def _fetch_all(
    places: dict[LockedJar, Path], folder: Path, on_bytes: Callable[[int], None], fetch: Fetch
) -> None:
    scratch = Path(tempfile.mkdtemp(prefix=".fetching-", dir=folder))

    def fetch_one(jar: LockedJar) -> None:
        fetched = fetch(jar, Path(tempfile.mkdtemp(dir=scratch)), on_bytes)
        _verify(
            jar,
            fetched,
            "what was fetched",
            "Check whether a mirror or proxy changes files, then run the command again.",
        )
        places[jar].parent.mkdir(parents=True, exist_ok=True)
        fetched.replace(places[jar])

    try:
        with ThreadPoolExecutor(_PARALLEL_DOWNLOADS) as pool:
            fetching = [pool.submit(fetch_one, jar) for jar in places]
            try:
                for each in as_completed(fetching):
                    each.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _counted(jars: Iterable[LockedJar], on_progress: Progress | None) -> Callable[[int], None]:
    """Adds up what the threads fetch."""
    total_bytes = sum(jar.size_bytes for jar in jars)
    done_bytes = 0
    lock = threading.Lock()

    def add(size_bytes: int) -> None:
        nonlocal done_bytes
        with lock:
            done_bytes += size_bytes
            if on_progress is not None:
                on_progress(done_bytes, total_bytes)

    return add


def _verify(jar: LockedJar, path: Path, what: str, next_step: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise JarsUnavailable(f"{path} cannot be read: {error.strerror}.", next_step=next_step) from error
    if found != jar.sha256:
        raise JarsUnavailable(
            f"{jar.coordinate}: {what} is not the locked jar:"
            f" SHA-256 {jar.sha256} was expected, {found} was found.",
            next_step=next_step,
        )
