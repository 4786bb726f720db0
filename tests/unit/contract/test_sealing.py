"""A sealed text is read as it was written, or not at all."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from clickstream.contract.run.sealing import seal, unseal

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
contents = st.dictionaries(st.text(), values, min_size=1, max_size=5)


def read(content: bytes) -> object:
    return unseal(content.decode("utf-8"))


@given(contents)
def test_what_was_sealed_reads_back_the_same(content) -> None:
    assume("sha256" not in content)
    assert read(seal(content).encode()) == content


@given(contents, st.data())
def test_a_text_cut_off_anywhere_is_noticed(content, data) -> None:
    sealed = seal(content).encode()
    length = data.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(ValueError):
        read(sealed[:length])


@given(contents, st.data())
def test_a_flipped_bit_anywhere_is_noticed(content, data) -> None:
    sealed = bytearray(seal(content).encode())
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ValueError):
        read(bytes(sealed))


@given(contents, st.binary(min_size=1))
@example({"a": 1}, b"\n")
def test_anything_put_behind_it_is_noticed(content, more) -> None:
    with pytest.raises(ValueError):
        read(seal(content).encode() + more)


def test_every_single_flip_in_one_text_is_noticed() -> None:
    sealed = seal({"query": "aggregates", "offsets": {"0": [1, 2]}}).encode()
    for at in range(len(sealed)):
        for bit in range(8):
            flipped = bytearray(sealed)
            flipped[at] ^= 1 << bit
            with pytest.raises(ValueError):
                read(bytes(flipped))
