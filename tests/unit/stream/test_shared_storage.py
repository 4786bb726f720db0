"""Storage that is said to be shared is tried before a batch depends on it."""

from pathlib import Path

import pytest

from clickstream.errors import UsageError
from clickstream.stream.session.shared_storage import refuse_unshared


def shared(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        (folder / f"part-{number}.parquet").touch()


def partly_shared(folder: Path, count: int) -> None:
    """One executor of two sees the driver's folder."""
    shared(folder, count // 2)


def not_writable(_folder: Path, _count: int) -> None:
    raise PermissionError("Mkdirs failed to create file:/mnt/output\n\tat org.apache.hadoop")


def test_storage_that_everybody_sees_is_taken_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    folders = [tmp_path / "output", tmp_path / "checkpoint"]
    refuse_unshared(folders, shared, 4)
    assert [list(folder.iterdir()) for folder in folders] == [[], []]


@pytest.mark.parametrize(("write", "seen"), [(partly_shared, 2), (not_writable, 0)])
def test_storage_that_an_executor_does_not_see_is_refused(write, seen: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        refuse_unshared([tmp_path / "output"], write, 4)
    assert f"The driver sees only {seen}" in refused.value.sentence
    assert "must be on storage that driver and executors share" in refused.value.sentence
    assert "\n" not in refused.value.sentence
    assert list((tmp_path / "output").iterdir()) == []
