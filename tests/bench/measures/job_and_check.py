"""The job beside the usual way to write it, in turns and into all tables; then the check of what landed."""

import shutil
from pathlib import Path
from statistics import median
from typing import Any

from bench.job_runs import CLOCK, filled_topic
from bench.options import Sizes
from clickstream.pipeline.verify.verify import verify_topic
from clickstream.settings import load


def measure(folder: Path, sizes: Sizes) -> dict[str, Any]:
    kit, plain = [], []
    with filled_topic(folder, sizes.events, sizes.events_per_batch) as topic:
        for pair in range(sizes.pairs):
            plain.append(topic.run("plain", "plain"))
            shutil.rmtree(folder / "plain")
            kit.append(topic.run("kit", f"kit-{pair}"))
        settings = load(topic.settings_of(f"kit-{sizes.pairs - 1}"))[0]
        begun_s = CLOCK.monotonic_s()
        verdict = verify_topic(settings, topic.broker, clock=CLOCK)
        check_s = CLOCK.monotonic_s() - begun_s
    assert verdict.passed, verdict.findings
    return {
        "events": sizes.events,
        "events_per_batch": sizes.events_per_batch,
        "pairs": sizes.pairs,
        "kit_events_per_s": round(median(sizes.events / run.wall_s for run in kit)),
        "plain_events_per_s": round(median(sizes.events / run.wall_s for run in plain)),
        "kit_per_plain": round(
            median(own.wall_s / other.wall_s for own, other in zip(plain, kit, strict=True)), 2
        ),
        "kit_core_s": round(median(run.core_s for run in kit), 1),
        "kit_core_s_of_python": round(median(run.python_core_s for run in kit), 1),
        "plain_core_s": round(median(run.core_s for run in plain), 1),
        "kit_resident_mb": max(run.resident_mb for run in kit),
        "plain_resident_mb": max(run.resident_mb for run in plain),
        "check_events_per_s_from_bytes_to_verdict": round(sizes.events / check_s),
        **{f"s: {stage}": round(seconds, 2) for stage, seconds in verdict.seconds_by_stage.items()},
    }
