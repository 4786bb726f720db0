"""The terms of a run: what belongs to a checkpoint and cannot change as long as the run exists.

`run.json` holds the contract of the run (its hash and its description) and the terms. The contract is
compared before the terms are read: under another contract they may have another form.
"""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from clickstream.contract.definition.description import Description, difference, hash_of
from clickstream.contract.definition.tables import AGGREGATES

_CONTRACT = ("contract_hash", "contract")
_TYPE_OF: dict[Any, type] = {int: int, str: str, dict[str, int]: dict}
_SHORT = 12


@dataclass(frozen=True, slots=True)
class RunTerms:
    """The settings that every row of a run depends on; written beside output and checkpoint at first start.

    Durations are whole milliseconds; `windows_ms` has the length of the windows of each table, or its gap.
    `run_id` is drawn once per run, so that a checkpoint and an output of two different runs differ
    even if their settings agree. `topic_id` is the broker's id of the topic, or empty if the broker
    has none. `future_tolerance_ms` is how far an event may be ahead of its Kafka record's timestamp
    before it is rejected; 0 rejects none.
    """

    run_id: str
    topic: str
    topic_id: str
    starting_offsets: str
    windows_ms: dict[str, int]
    watermark_delay_ms: int
    shuffle_partitions: int
    future_tolerance_ms: int = 0

    def to_json(self, contract: Description) -> str:
        """One JSON object, readable by people, with the contract that the run is written under."""
        written = {"contract_hash": hash_of(contract), **asdict(self), "contract": contract}
        return json.dumps(written, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, contract: Description) -> "RunTerms":
        """Read what `to_json` wrote under this contract.

        Raises:
            ValueError: the text is not such an object, or was written under another contract.
        """
        content = json.loads(text)
        if not isinstance(content, dict):
            raise ValueError("it is not a JSON object")
        other = other_contract(content, contract)
        if other:
            raise ValueError(f"it was written with {other}")
        given = {name: value for name, value in content.items() if name not in _CONTRACT}
        declared = {field.name: _TYPE_OF[field.type] for field in fields(cls)}
        if given.keys() != declared.keys():
            differing = ", ".join(sorted(given.keys() ^ declared.keys()))
            raise ValueError(f"a term of the run is missing or unknown: {differing}")
        for name, expected in declared.items():
            if type(given[name]) is not expected:
                raise ValueError(f"{name} is {given[name]!r}, which is not of type {expected.__name__}")
        windows = given["windows_ms"]
        with_windows = [name for name, query in contract["tables"].items() if query == AGGREGATES]
        if sorted(windows) != sorted(with_windows) or any(
            type(length) is not int for length in windows.values()
        ):
            raise ValueError(f"windows_ms is {windows}, not a whole number for each of {with_windows}")
        return cls(**given)


def other_contract(content: dict[str, Any], ours: Description) -> str:
    """In words, the contract that a run.json was written under; empty if it is ours."""
    stored, description = content.get("contract_hash"), content.get("contract")
    if stored == hash_of(ours) or "run_id" not in content:  # the second is not a run's
        return ""
    here = f"this version of the kit has {_named(hash_of(ours))}"
    if not isinstance(stored, str) or not isinstance(description, dict):
        return f"an unknown contract, which its run.json does not describe; {here}"
    if name := other_pipeline(content, ours):
        return f"the pipeline {name}, and PIPELINE is {ours['pipeline']} now"
    try:
        how = difference(description, ours)
    except (LookupError, TypeError, AttributeError):
        how = "has a description that cannot be read"
    return f"{_named(stored)}, which {how}; {here}"


def other_pipeline(content: dict[str, Any], ours: Description) -> str:
    """The name of the pipeline that wrote a run.json; empty if it is ours or is not known."""
    description = content.get("contract")
    name = description.get("pipeline") if isinstance(description, dict) else None
    return "" if name in (None, ours["pipeline"]) else str(name)


def _named(contract_hash: str) -> str:
    return f"contract {contract_hash[:_SHORT]}"
