"""The terms of a run: what belongs to a checkpoint and cannot change while it lives."""

import json
from dataclasses import asdict, dataclass, fields

from clickstream.contract.tables import CONTRACT_VERSION


@dataclass(frozen=True, slots=True)
class RunTerms:
    """The settings that every row of a run depends on; written beside output and checkpoint at first start.

    Durations are whole milliseconds. `run_id` is drawn once per run, so that a checkpoint and an output
    of two different runs are told apart even where their settings agree. `topic_id` is the broker's id of
    the topic, or empty where the broker cannot tell. `future_tolerance_ms` is how far an event may lie ahead
    of its Kafka record's timestamp before it is rejected; 0 rejects none.
    """

    run_id: str
    topic: str
    topic_id: str
    starting_offsets: str
    page_window_ms: int
    geo_window_ms: int
    session_gap_ms: int
    watermark_delay_ms: int
    shuffle_partitions: int
    future_tolerance_ms: int = 0
    contract_version: int = CONTRACT_VERSION

    def to_json(self) -> str:
        """One JSON object, readable by people."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "RunTerms":
        """Read what `to_json` wrote.

        Raises:
            ValueError: the text is not such an object.
        """
        content = json.loads(text)
        # A run that began before there was a tolerance has none.
        if isinstance(content, dict):
            content.setdefault("future_tolerance_ms", 0)
        names = {field.name: field.type for field in fields(cls)}
        if not isinstance(content, dict) or set(content) != set(names):
            raise ValueError("not the terms of a run")
        for name, declared in names.items():
            expected = int if declared is int else str
            if type(content[name]) is not expected:
                raise ValueError(f"not the terms of a run: {name}")
        return cls(**content)
