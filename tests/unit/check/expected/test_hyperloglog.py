"""approx_count_distinct: in groups as value by value, and pinned to what Spark answers."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.check.expected.grouping import group_by
from clickstream.check.expected.hyperloglog import approx_count_distinct
from unit.check import reference

USERS = pl.Categorical(pl.Categories("user_id", namespace="clickstream.check"))


def estimates(values: list[str | None], groups: list[int]) -> list[int]:
    grouping = group_by(np.array(groups, dtype=np.int64))
    every = np.arange(len(values))
    return approx_count_distinct(grouping, pl.Series(values, dtype=pl.String).cast(USERS), every).tolist()


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "ü", "", "a\0", None]), st.integers(0, 3))))
def test_each_group_gets_its_own_estimate(pairs):
    values, groups = [value for value, _ in pairs], [group for _, group in pairs]
    assert estimates(values, groups) == [
        reference.approx_count_distinct([value for value, its in pairs if its == group])
        for group in sorted(set(groups))
    ]


@given(st.integers(0, 6_000), st.integers(0, 1_000))
def test_large_groups_get_the_estimate_of_the_reference(size, seed):
    values = [f"{seed}-{number}" for number in range(size)]
    assert estimates([*values, None], [0] * (size + 1)) == [reference.approx_count_distinct(values)]


# What approx_count_distinct of Spark 4.2.0 answered for user_1 … user_n.
SPARK = {
    0: 0,
    1: 1,
    2: 2,
    3: 3,
    7: 7,
    10: 10,
    50: 52,
    100: 103,
    200: 208,
    300: 324,
    350: 384,
    400: 430,
    420: 447,
    450: 479,
    500: 541,
    600: 664,
    800: 890,
    1000: 1142,
    1200: 1359,
    1300: 1312,
    1500: 1527,
    2000: 1949,
    2400: 2337,
    2500: 2416,
    2540: 2439,
    2560: 2443,
    2600: 2544,
    3000: 2937,
    5000: 4801,
    10000: 10285,
    30000: 29894,
    100000: 106079,
}


@pytest.mark.parametrize(("size", "answer"), SPARK.items())
def test_spark_answers_the_same(size, answer):
    assert estimates([f"user_{number + 1}" for number in range(size)] or [None], [0] * max(size, 1)) == [
        answer
    ]
