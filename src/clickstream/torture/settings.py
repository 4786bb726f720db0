"""The settings of a run under torture, and which events its producers send next."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clickstream.settings import PIPELINE, PLACE, Settings, load

_RATE_PER_S = 20
_BEGAN_BEFORE = timedelta(days=2)
"""Kafka forgets producers by the times of their records: see `producer.id.expiration.ms` of the broker."""


class TortureSettings:
    """Short windows and small batches, so that each round has some of each; events of two days before now."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._begin = (now - _BEGAN_BEFORE).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        self._partitions = 2
        self._events = 0
        self._given = {
            "PIPELINE": PLACE,
            "OUTPUT_PATH": str(folder / "output"),
            "CHECKPOINT_PATH": str(folder / "checkpoints"),
            "STATE_PATH": str(folder / "state"),
            "RUN_ID": "tortured",
            "KAFKA_TOPIC": "events",
            "BROKER_BACKEND": "auto",
            # 10 and 15 seconds in turn: tables whose windows end together, and others.
            **{window.name: f"{10 + 5 * (at % 2)} seconds" for at, window in enumerate(PIPELINE.windows)},
            "WATERMARK_DELAY": "5 seconds",
            "TRIGGER_INTERVAL": "1 second",
            "SPARK_SQL_SHUFFLE_PARTITIONS": "1",
            "SPARK_MASTER_URL": "local[*]",
            "MAX_OFFSETS_PER_TRIGGER": "400",
            "MSGS_PER_SEC": str(_RATE_PER_S),
            "LATE_RATE": "0.1",
            "LATE_SECONDS": "40",
            "MALFORMED_RATE": "0.02",
            "PRODUCERS": "1",
        }

    def given(self, **changed: str) -> dict[str, str]:
        """The settings by name, with some changed."""
        return {**self._given, "KAFKA_PARTITIONS": str(self._partitions), **changed}

    def settings(self, **changed: str) -> Settings:
        """The same as settings, without those of a `.env`."""
        settings, _ = load(self.given(**changed), dotenv=Path("no-such.env"))
        return settings

    def add_partition(self) -> int:
        """One partition more from now on; how many there are."""
        self._partitions += 1
        return self._partitions

    def next_events(self, count: int) -> Mapping[str, str]:
        """Seed and start time of the next `count` events, where the last ones ended."""
        start = self._begin + timedelta(seconds=self._events / _RATE_PER_S)
        self._events += count
        return {"START_TIME": start.isoformat(), "SEED": str(self._events)}
