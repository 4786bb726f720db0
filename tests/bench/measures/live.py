"""A live run as `up` starts it: how long events and windows take to land, and the memory of all processes."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.delays import (
    due,
    event_delays_s,
    landed_batches,
    percentiles,
    record_delays_s,
    rows_of,
    watermark_delays_s,
)
from bench.options import Sizes
from bench.processes import MIB, core_seconds, resident_bytes, running_kit, together_bytes
from clickstream.clicks.tables import EVENTS_RAW, TABLES
from clickstream.clock import SystemClock

WARM_UP_S = 30
DELAY_MS = 10_000
EVENT_TIMES = ("kafka_timestamp", "event_ts")


def measure(folder: Path, sizes: Sizes) -> dict[str, Any]:
    clock = SystemClock()
    settings = {
        "MSGS_PER_SEC": sizes.rate_per_s,
        "TRIGGER_INTERVAL": "1 second",
        "PAGE_WINDOW": "5 seconds",
        "GEO_WINDOW": "10 seconds",
        "SESSION_WINDOW": "30 seconds",
        "WATERMARK_DELAY": f"{DELAY_MS} ms",
    }
    with running_kit(folder, settings) as kit:
        clock.sleep(WARM_UP_S)
        running, begun_s, begun_ms = kit.processes(), clock.monotonic_s(), clock.now().timestamp() * 1_000
        spent_s = core_seconds(running)
        peak: dict[str, int] = {}
        while clock.monotonic_s() < begun_s + sizes.live_s:
            resident = resident_bytes(running)
            peak = max(peak, resident, key=lambda found: sum(found.values()))
            clock.sleep(1)
        measured_s = clock.monotonic_s() - begun_s
        together = together_bytes(running)
        cores = {name: (s - spent_s[name]) / measured_s for name, s in core_seconds(running).items()}
        batches = landed_batches(kit.layout)
        output = kit.layout.output
        events = rows_of(batches, EVENTS_RAW.name, EVENT_TIMES, output)
        measured = [batch for batch in batches if batch.landed_ms >= begun_ms]
        delays_s = event_delays_s(events.filter(pl.col("landed_ms") >= begun_ms))
        figures = named(f"{EVENTS_RAW.name}_after_record_s", delays_s)
        for table in TABLES:
            end = next((name for name in table.column_names if name.endswith("_end")), None)
            if end is None or not any(batch.record.tables.get(table.name) for batch in measured):
                continue
            rows = due(rows_of(measured, table.name, [end], output), end)
            figures |= named(f"{table.name}_after_record_s", record_delays_s(rows, end, events, DELAY_MS))
            figures |= named(f"{table.name}_after_watermark_s", watermark_delays_s(rows))
        files = sum(len(batch.record.files()) for batch in measured)
    return {
        "events_per_s": sizes.rate_per_s,
        "seconds": round(measured_s),
        **figures,
        "batches": len(measured),
        "files": files,
        "resident_mb": sum(peak.values()) // MIB,
        **{f"resident_mb: {name}": size // MIB for name, size in peak.items()},
        "together_mb": together and together // MIB,
        "cores": round(sum(cores.values()), 2),
        **{f"cores: {name}": round(used, 2) for name, used in cores.items()},
    }


def named(figure: str, values: np.ndarray) -> dict[str, float]:
    """Median, 95th percentile and maximum under this name."""
    return {f"{figure}: {at}": value for at, value in percentiles(values).items()}
