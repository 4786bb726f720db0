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

from clickstream.errors import FolderNotWritable, JarsUnavailable
from clickstream.runtime.java.fetching import Fetcher, JgoFetcher
from clickstream.runtime.java.lockfile import LockedJar, read_lock

SPARK_KAFKA = "spark-kafka"
"""The lock of Spark's Kafka connector, without what PySpark brings itself."""
KAFKA = "kafka"
"""The lock of Apache Kafka as a server, with everything it needs."""

Progress = Callable[[int, int], None]
"""Told of a download's progress: bytes that have arrived, and bytes in all. May be called by any thread."""

_PARALLEL_DOWNLOADS = 6
_CACHE_WITHOUT_HOME = Path(".clickstream/cache")


def cache_folder(chosen: Path | None) -> Path:
    """The setting CACHE_PATH where it is given, otherwise the user's own cache folder; absolute.

    A user without a home folder (no HOME, no entry in the system's list of users) gets one in this folder.
    """
    if chosen:
        return chosen.absolute()
    try:
        return platformdirs.user_cache_path("clickstream-devkit").absolute()
    except RuntimeError:
        return _CACHE_WITHOUT_HOME.absolute()


def resolve(
    lock_name: str,
    cache: Path,
    on_progress: Progress | None = None,
    *,
    fetch: Fetcher | None = None,
) -> list[Path]:
    """The jars of a lock, every one with the SHA-256 that the lock names, in the lock's order.

    What is missing in `cache` is fetched, by one process at a time; a jar appears there whole or not at all.

    Args:
        lock_name: `SPARK_KAFKA` or `KAFKA`.
        cache: the folder from `cache_folder`.
        on_progress: see `Progress`; not called when nothing has to be fetched.
        fetch: how a missing jar is brought; by default through jgo.

    Raises:
        JarsUnavailable: a jar cannot be fetched, or is not the locked one.
        FolderNotWritable: the cache cannot be written.
    """
    return resolve_jars(read_lock(lock_name), cache, on_progress, fetch=fetch)


def resolve_jars(
    locked: Iterable[LockedJar],
    cache: Path,
    on_progress: Progress | None = None,
    *,
    fetch: Fetcher | None = None,
) -> list[Path]:
    """As `resolve`, for jars that the caller has at hand."""
    jars = list(locked)
    folder = cache / "jars"
    places = {jar: folder / jar.relative_path for jar in jars}
    try:
        if any(not place.exists() for place in places.values()):
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / "fetching.lock"):
                # Another process may have fetched them while we waited.
                missing = [jar for jar in jars if not places[jar].exists()]
                _fetch_all(missing, places, folder, on_progress, fetch or JgoFetcher())
    except OSError as error:
        raise FolderNotWritable(
            f"The cache {cache} cannot be written: {error.strerror or error}.",
            next_step="Make room or make it writable, or set CACHE_PATH to another folder.",
        ) from error
    for jar, place in places.items():
        _verify(jar, place, f"the cached {place}", f"Remove {place} and run it again: it is fetched anew.")
    return list(places.values())


def verified(jar: LockedJar, cache: Path) -> bool:
    """Whether the cache has a jar, and that it is the locked one; fetches nothing.

    Raises:
        JarsUnavailable: what lies there is not the locked jar, or cannot be read.
    """
    place = cache / "jars" / jar.relative_path
    if not place.exists():
        return False
    _verify(jar, place, f"the cached {place}", f"Remove {place}: it is fetched anew.")
    return True


def _fetch_all(
    missing: list[LockedJar],
    places: dict[LockedJar, Path],
    folder: Path,
    on_progress: Progress | None,
    fetch: Fetcher,
) -> None:
    count = _Count(sum(jar.size_bytes for jar in missing), on_progress)
    scratch = Path(tempfile.mkdtemp(prefix=".fetching-", dir=folder))
    try:
        with ThreadPoolExecutor(_PARALLEL_DOWNLOADS) as pool:
            fetching = [pool.submit(_fetch_one, jar, places[jar], scratch, count, fetch) for jar in missing]
            try:
                for each in as_completed(fetching):
                    each.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _fetch_one(jar: LockedJar, place: Path, scratch: Path, count: "_Count", fetch: Fetcher) -> None:
    fetched = fetch(jar, Path(tempfile.mkdtemp(dir=scratch)), count.add)
    _verify(
        jar,
        fetched,
        "what was fetched",
        "Do not use it: see whether a mirror or proxy on the way changes files, and run it again.",
    )
    place.parent.mkdir(parents=True, exist_ok=True)
    fetched.replace(place)


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


class _Count:
    """Adds up what the threads bring."""

    def __init__(self, total_bytes: int, on_progress: Progress | None) -> None:
        self._total_bytes = total_bytes
        self._done_bytes = 0
        self._on_progress = on_progress
        self._lock = threading.Lock()

    def add(self, size_bytes: int) -> None:
        with self._lock:
            self._done_bytes += size_bytes
            if self._on_progress is not None:
                self._on_progress(self._done_bytes, self._total_bytes)
