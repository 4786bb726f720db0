"""A rate is the growth of a count over the last minute."""

from datetime import UTC, datetime, timedelta

import pytest

from clickstream.operate.status.landed_so_far import Rate

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def rate(*reached: tuple[float, int]) -> Rate:
    found = Rate()
    for seconds, count in reached:
        found.reach(after(seconds), count)
    return found


@pytest.mark.parametrize(
    ("reached", "now_s", "per_s"),
    [
        ((), 0, None),
        (((0, 100),), 5, None),
        (((0, 100), (10, 200)), 10, 10.0),
        (((0, 100), (10, 200)), 20, 5.0),  # nothing since: it falls
        (((0, 0), (10, 1_000), (70, 1_060)), 70, 1.0),  # the burst is more than a minute ago
        (((0, 0), (300, 600)), 300, 2.0),  # slow batches
        (((0, 0), (0, 10)), 0, None),
        (((0, 1_000), (10, 2_000), (20, 5), (30, 15)), 30, 1.0),  # another topic
    ],
)
def test_growth_over_the_last_minute(
    reached: tuple[tuple[float, int], ...], now_s: float, per_s: float | None
) -> None:
    assert rate(*reached).per_s(after(now_s)) == per_s


def test_a_rate_keeps_no_more_than_a_minute() -> None:
    found = rate(*((second, second) for second in range(10_000)))
    assert len(found._reached) <= 62
    assert found.per_s(after(9_999)) == 1.0
