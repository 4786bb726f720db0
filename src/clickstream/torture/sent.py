"""Which records producers were acknowledged, and whether the topic has just those."""

from clickstream.errors import FaultNotSurvived
from clickstream.torture.children import Child


class Sent:
    """How many records must be in the topic.

    A failed record may be there all the same, where only its acknowledgement was lost: of those the topic
    has some or none.
    """

    def __init__(self) -> None:
        self._acknowledged = 0
        self._failed = 0

    def all_of(self, producer: Child) -> int:
        """Add the records of a producer that ended well; how many were acknowledged, which is all."""
        counts = producer.delivered()
        if counts.failed or counts.acknowledged != counts.produced or not counts.produced:
            raise producer.failed(f"`{producer.words}` ended well with {counts}.")
        self._acknowledged += counts.acknowledged
        return counts.acknowledged

    def some_of(self, producer: Child) -> int:
        """Add the records of a producer that had to give some up; how many it gave up."""
        counts = producer.delivered()
        if not counts.failed or counts.acknowledged + counts.failed != counts.produced:
            raise producer.failed(f"`{producer.words}` gave records up, and ended with {counts}.")
        self._acknowledged += counts.acknowledged
        self._failed += counts.failed
        return counts.failed

    def hold_to(self, in_topic: int) -> None:
        """See that the topic has what was acknowledged, once."""
        if not self._acknowledged <= in_topic <= self._acknowledged + self._failed:
            given_up = f" and {self._failed:,} given up" if self._failed else ""
            raise FaultNotSurvived(
                f"{self._acknowledged:,} records were acknowledged{given_up}, {in_topic:,} are in the topic."
            )
        # From now on it is known which of those that were given up had come through.
        self._acknowledged, self._failed = in_topic, 0
