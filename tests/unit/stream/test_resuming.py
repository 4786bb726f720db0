"""What a crash has cut off in Spark's log is gone at the next start, and nothing else is."""

from clickstream.stream.resuming import remove_cut_off


def test_staged_entries_of_the_log_are_removed_and_all_else_stays(tmp_path):
    staged = {
        tmp_path / ".metadata.8f6b.tmp",
        tmp_path / "offsets" / ".0.6e0c.tmp",
        tmp_path / "commits" / ".12.6e0c.tmp",
        tmp_path / "sources" / "0" / ".0.6e0c.tmp",
    }
    kept = {
        tmp_path / "metadata",
        tmp_path / "offsets" / "0",
        tmp_path / "offsets" / ".hidden",
        tmp_path / "sources" / "0" / "0",
        tmp_path / "state" / "0" / "0" / ".1.delta.tmp",
    }
    for path in staged | kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert set(remove_cut_off(tmp_path)) == staged
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == kept
    assert remove_cut_off(tmp_path / "none") == []
