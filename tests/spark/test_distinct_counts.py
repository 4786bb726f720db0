"""approx_count_distinct: the checker's HyperLogLog++ against Spark's, set by set, exactly."""

import random

import numpy as np
import polars as pl
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's users know

from clickstream.check.expected.grouping import group_by
from clickstream.check.expected.hyperloglog import approx_count_distinct

# Every size where the estimate changes its ways lies between these: linear counting, bias, raw estimate.
SIZES = sorted(
    {0, 1, 2, 3, 5, 10, 50, 100, 200, 400, 512, 600, 700, 800, 900, 1_000, 1_100, 1_200, 1_280, 1_300}
    | {1_500, 2_000, 2_300, 2_500, 2_560, 2_600, 3_000, 5_000, 10_000, 30_000, 100_000}
)
PREFIXES = ("a", "b", "user_")
ODD_SETS: dict[str, list[str | None]] = {
    "nothing": [],
    "a null": [None],
    "an empty string": [""],
    "an empty string and nulls": ["", None, None],
    "one value many times": ["x"] * 5_000,
    "two values many times, and nulls": ["x", "y", None] * 1_000,
    "blanks": [" " * length for length in range(300)],
    "beyond the basic plane": [chr(0x1F600 + at) for at in range(200)],
    "NUL and its neighbours": [chr(at) * 3 for at in range(40)],
    "long ones": ["long" * 10_000 + str(at) for at in range(20)],
    # xxHash64 takes 32, 8, 4 and then single bytes: every length of a remainder.
    "every length": ["x" * length for length in range(200)],
}


def of_the_checker(sets: pl.DataFrame) -> dict[str, int]:
    """`name`, `value` of each row → the checker's count by name."""
    names = sets["name"].cast(pl.Categorical)
    grouping = group_by(names.to_physical().cast(pl.Int64).to_numpy())
    rows = np.ones(sets.height, dtype=np.bool_)
    counts = approx_count_distinct(grouping, sets["value"].cast(pl.Categorical), rows)
    return dict(zip(sets["name"].gather(grouping.row_of).to_list(), counts.tolist(), strict=True))


def count_both_ways(session: SparkSession, prefix: str, sizes: list[int]) -> None:
    """Sets of so many values, each with a null beside them, so that the empty one is there, too."""
    named = session.createDataFrame([(str(size), size) for size in sizes], "name string, size int")
    numbers = F.explode(F.sequence(F.lit(0), "size")).alias("number")
    value = F.when(F.col("number") > 0, F.concat(F.lit(prefix), "name", F.lit("/"), "number"))
    values = named.select("name", numbers).select("name", value.alias("value"))
    of_spark = values.groupBy("name").agg(F.approx_count_distinct("value").alias("count"))
    by_spark = {row["name"]: row["count"] for row in of_spark.collect()}
    sets = pl.concat(
        pl.DataFrame({"number": range(size + 1)}).select(
            pl.lit(str(size)).alias("name"),
            pl.when(pl.col("number") > 0).then(pl.format(f"{prefix}{size}/{{}}", "number")).alias("value"),
        )
        for size in sizes
    )
    assert of_the_checker(sets) == by_spark
    assert len(by_spark) == len(sizes)
    assert by_spark.get("0", 0) == 0


@pytest.mark.parametrize("prefix", PREFIXES)
def test_sets_of_every_size_count_as_in_spark(session: SparkSession, prefix: str) -> None:
    count_both_ways(session, prefix, SIZES)


@pytest.mark.parametrize("which", range(3))
def test_random_sets_count_as_in_spark(
    session: SparkSession, pytestconfig: pytest.Config, which: int
) -> None:
    seed = int(pytestconfig.getoption("--seed", default=1))
    chance = random.Random(f"{seed} {which}")
    prefix = "".join(chance.choices("ab \u00fc\U0001f642\0,", k=chance.randint(0, 40)))
    count_both_ways(session, prefix, chance.sample(range(100_001), 8))


def test_odd_sets_count_as_in_spark(session: SparkSession) -> None:
    rows = [(name, value) for name, values in ODD_SETS.items() for value in values]
    of_spark = (
        session.createDataFrame(rows, "name string, value string")
        .groupBy("name")
        .agg(F.approx_count_distinct("value").alias("count"))
    )
    by_spark = {row["name"]: row["count"] for row in of_spark.collect()}
    assert of_the_checker(pl.DataFrame(rows, schema=["name", "value"], orient="row")) == by_spark
    assert by_spark["a null"] == 0
    assert by_spark["an empty string"] == 1
