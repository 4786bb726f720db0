"""Jars are fetched once, whole or not at all, and verified before every use."""

import hashlib
import threading

import pytest

from clickstream.errors import FolderNotWritable, JarsUnavailable
from clickstream.runtime.java import jars
from clickstream.runtime.java.jars import cache_folder, resolve
from clickstream.runtime.java.lockfile import LockedJar


def locked(artifact, content, sha256=None):
    digest = sha256 or hashlib.sha256(content).hexdigest()
    return LockedJar("org.example", artifact, "1.0", digest, len(content))


class FetcherDouble:
    """Brings jars from a dictionary in two pieces, and counts how often it was asked."""

    def __init__(self, **contents):
        self.contents = contents
        self.asked = []

    def __call__(self, jar, folder, on_bytes):
        self.asked.append(jar.artifact)
        content = self.contents[jar.artifact]
        if isinstance(content, Exception):
            raise content
        path = folder / "some.jar"
        path.write_bytes(content)
        half = len(content) // 2
        on_bytes(half)
        on_bytes(len(content) - half)
        return path


def files_in(cache):
    return sorted(path.name for path in cache.rglob("*") if path.is_file() and path.name != "fetching.lock")


def test_missing_jars_are_fetched_in_the_order_of_the_lock(tmp_path):
    fetch = FetcherDouble(a=b"first", b=b"second")
    paths = resolve([locked("b", b"second"), locked("a", b"first")], tmp_path, fetch=fetch)
    assert [path.read_bytes() for path in paths] == [b"second", b"first"]


def test_what_is_cached_is_not_fetched_again(tmp_path):
    jars = [locked("a", b"first")]
    resolve(jars, tmp_path, fetch=FetcherDouble(a=b"first"))
    again = FetcherDouble()
    calls = []
    resolve(jars, tmp_path, lambda *progress: calls.append(progress), fetch=again)
    assert again.asked == []
    assert calls == []


def test_progress_grows_to_the_sum_of_what_is_missing(tmp_path):
    resolve([locked("cached", b"here")], tmp_path, fetch=FetcherDouble(cached=b"here"))
    told = []
    jars = [locked("cached", b"here"), locked("a", b"1234567"), locked("b", b"123")]
    fetch = FetcherDouble(a=b"1234567", b=b"123")
    resolve(jars, tmp_path, lambda done, total: told.append((done, total)), fetch=fetch)
    assert told == sorted(told)
    assert told[-1] == (10, 10)
    assert {total for _, total in told} == {10}


def test_a_fetched_jar_with_another_hash_is_named_and_not_kept(tmp_path):
    jar = locked("a", b"expected")
    with pytest.raises(JarsUnavailable) as raised:
        resolve([jar], tmp_path, fetch=FetcherDouble(a=b"tampered"))
    assert "org.example:a:1.0" in raised.value.sentence
    assert jar.sha256 in raised.value.sentence
    assert hashlib.sha256(b"tampered").hexdigest() in raised.value.sentence
    assert raised.value.next_step
    assert raised.value.exit_code == 3
    assert files_in(tmp_path) == []


def test_a_cached_jar_that_was_changed_is_found_at_the_next_use(tmp_path):
    jars = [locked("a", b"first"), locked("b", b"second")]
    paths = resolve(jars, tmp_path, fetch=FetcherDouble(a=b"first", b=b"second"))
    paths[1].write_bytes(b"secone")
    with pytest.raises(JarsUnavailable) as raised:
        resolve(jars, tmp_path, fetch=FetcherDouble())
    assert "org.example:b:1.0" in raised.value.sentence
    assert str(paths[1]) in raised.value.next_step


def test_without_a_network_nothing_half_is_left(tmp_path):
    fetch = FetcherDouble(a=JarsUnavailable("no network"))
    with pytest.raises(JarsUnavailable, match="no network"):
        resolve([locked("a", b"first")], tmp_path, fetch=fetch)
    assert files_in(tmp_path) == []
    assert [path for path in (tmp_path / "jars").iterdir() if path.is_dir()] == []


def test_jars_that_came_before_a_failure_are_kept(tmp_path):
    jars = [locked("a", b"first"), locked("b", b"second")]
    with pytest.raises(JarsUnavailable):
        resolve(jars, tmp_path, fetch=FetcherDouble(a=b"first", b=JarsUnavailable("no network")))
    fetch = FetcherDouble(b=b"second")
    assert len(resolve(jars, tmp_path, fetch=fetch)) == 2
    assert fetch.asked == ["b"]


def test_two_at_once_fetch_each_jar_once(tmp_path):
    fetch = FetcherDouble(a=b"first", b=b"second")
    jars = [locked("a", b"first"), locked("b", b"second")]
    threads = [threading.Thread(target=resolve, args=(jars, tmp_path), kwargs={"fetch": fetch}) for _ in "12"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(fetch.asked) == ["a", "b"]


def test_a_cache_that_cannot_be_a_folder_is_named(tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(FolderNotWritable) as raised:
        resolve([locked("a", b"first")], tmp_path / "cache", fetch=FetcherDouble(a=b"first"))
    assert str(tmp_path / "cache") in raised.value.sentence
    assert "CACHE_PATH" in raised.value.next_step


def test_the_setting_chooses_the_cache(tmp_path):
    assert cache_folder(tmp_path) == tmp_path
    assert cache_folder(None).is_absolute()


def test_without_a_home_folder_the_cache_is_in_this_folder(tmp_path, monkeypatch):
    def no_home(_name):
        raise RuntimeError("could not determine the home directory")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(jars.platformdirs, "user_cache_path", no_home)
    assert cache_folder(None) == tmp_path / ".clickstream" / "cache"
