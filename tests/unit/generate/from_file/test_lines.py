"""A line is a message, byte for byte, whatever it is packed in; and a broken file says where it breaks."""

import gzip
import io
import os
import threading
from itertools import islice
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from clickstream.clicks.event import CLICK
from clickstream.errors import InputBroken, UsageError
from clickstream.generate.from_file.lines import MAX_LINE_BYTES, READ_BYTES, lines
from clickstream.generate.from_file.opening import open_input
from unit.generate.from_file.reading import messages

LINES = [b'{"user_id":"u1"}', b"not JSON", b"", b"\xff\xfe", b'{"user_id":"u2"}\r', b" "]


def broken(line: int, why: str) -> InputBroken:
    return InputBroken(f"line {line}: {why}")


LINE = st.binary().filter(lambda line: b"\n" not in line and not line.startswith(b"\xef"))


@given(st.lists(LINE, min_size=1), st.integers(1, 20))
def test_lines_are_the_same_however_the_bytes_come(content, size):
    whole = b"\n".join(content)
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    # Without a line feed at its end an empty last line is none.
    assert list(lines(iter(pieces), broken, live=False)) == (content if content[-1] else content[:-1])
    assert list(lines(iter([*pieces, b"\n"]), broken, live=False)) == content


@pytest.mark.parametrize("ending", ["ndjson", "jsonl", "log", "csv.txt.ndjson"])
def test_every_line_of_a_plain_file_is_a_message(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"events.{ending}"
    file.write_bytes(b"\n".join(LINES) + b"\nlast")
    assert messages(file) == [*LINES, b"last"]


PACKERS = pytest.mark.parametrize("packed", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])


@PACKERS
def test_packed_lines_are_known_by_their_first_bytes_also_in_several_members(tmp_path: Path, packed) -> None:
    file = tmp_path / "events"
    file.write_bytes(packed(b"\n".join(LINES)) + packed(b"\nlast\n"))
    assert messages(file) == [*LINES, b"last"]


@PACKERS
def test_a_cut_file_is_read_up_to_its_last_whole_line(tmp_path: Path, packed) -> None:
    content = b"".join(b'{"latency_ms":%d}\n' % (number * 7919 % 100_007) for number in range(100_000))
    file = tmp_path / "events.ndjson"
    file.write_bytes(packed(content)[:-2_000])
    found: list[bytes] = []
    reading = (message for message in open_input(str(file), CLICK) if message is not None)
    with pytest.raises(
        InputBroken, match=r"breaks at line ([0-9,]+): the compressed data is cut off"
    ) as refused:
        found.extend(reading)
    assert found
    assert content.startswith(b"\n".join(found) + b"\n")
    assert f"line {len(found) + 1:,}:" in refused.value.sentence
    assert refused.value.exit_code == 2


@PACKERS
def test_damaged_packed_data_is_named(tmp_path: Path, packed) -> None:
    content = bytearray(packed(b"".join(b'{"latency_ms":%d}\n' % n for n in range(200_000))))
    content[len(content) // 2 : len(content) // 2 + 50] = bytes(50)
    file = tmp_path / "events.ndjson"
    file.write_bytes(content)
    with pytest.raises(
        InputBroken, match=f"the {packed.__module__.split('.')[-1].removeprefix('_')} data is damaged"
    ):
        messages(file)


def test_a_line_that_fits_no_message_is_named(tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"{}\n" + b"x" * (MAX_LINE_BYTES + 1) + b"\n{}\n")
    with pytest.raises(InputBroken, match="line 2: it is longer than the 1,000,000 bytes"):
        messages(file)


def test_a_line_without_end_is_named_before_it_fills_the_memory() -> None:
    def endless():
        yield b"{}\n"
        for _ in range(3):
            yield b"x" * READ_BYTES
        pytest.fail("it was read on")

    with pytest.raises(InputBroken, match="line 2"):
        list(lines(endless(), broken, live=False))


def test_a_byte_order_mark_belongs_to_the_file_and_not_to_its_first_line(tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}\n")
    assert messages(file) == [b"{}", b"\xef\xbb\xbf{}"]


def test_a_file_that_is_not_there_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.ndjson cannot be opened: No such file"):
        open_input(str(tmp_path / "nowhere.ndjson"), CLICK)
    with pytest.raises(UsageError, match="cannot be opened: Is a directory"):
        open_input(str(tmp_path), CLICK)


def test_a_named_pipe_is_refused_with_the_way_to_send_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "my pipe")
    with pytest.raises(UsageError, match="is a pipe or a device") as refused:
        open_input(str(tmp_path / "my pipe"), CLICK)
    assert f"cat '{tmp_path}/my pipe' | " in refused.value.next_step


def a_pipe() -> tuple[io.BufferedReader, io.FileIO]:
    read, write = os.pipe()
    return os.fdopen(read, "rb"), io.FileIO(write, "w")


def test_a_pipe_passes_a_line_on_although_the_next_one_is_not_there() -> None:
    pipe, writer = a_pipe()
    with pipe, writer:
        writer.write(b'{"user_id":"u1"}\n{"user')
        found = open_input("-", CLICK, pipe)
        assert list(islice(found, 3)) == [b'{"user_id":"u1"}', None, None]
        writer.write(b'_id":"u2"}\n')
        assert next(each for each in found if each is not None) == b'{"user_id":"u2"}'


def test_what_a_pipe_has_at_its_end_is_a_line() -> None:
    pipe, writer = a_pipe()
    with pipe:
        with writer:
            writer.write(b"{}\nlast")
        assert messages("-", pipe) == [b"{}", b"last"]


def test_a_long_pipe_is_read_whole() -> None:
    pipe, writer = a_pipe()
    content = [b'{"latency_ms":%d}' % number for number in range(50_000)]

    def write() -> None:
        with writer:
            rest = b"\n".join(content)
            while rest:
                rest = rest[writer.write(rest) :]

    thread = threading.Thread(target=write)
    thread.start()
    with pipe:
        assert messages("-", pipe) == content
    thread.join()


def test_packed_lines_are_read_from_a_pipe() -> None:
    for packed in (gzip.compress, zstd.compress):
        assert messages("-", io.BufferedReader(io.BytesIO(packed(b"{}\nlast")))) == [b"{}", b"last"]


def test_parquet_from_a_pipe_names_what_can_be_read() -> None:
    with pytest.raises(UsageError, match="read from a file only") as refused:
        open_input("-", CLICK, io.BufferedReader(io.BytesIO(b"PAR1 rest")))
    assert "clickstream produce --from FILE" in refused.value.next_step
