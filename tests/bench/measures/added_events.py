"""What one event more costs the job: a run over a topic, and a run over the same topic with more events.

Starting and compiling are in both runs, so that their difference is the work itself.
"""

import shutil
from pathlib import Path
from typing import Any

from bench.job_runs import filled_topic
from bench.options import Sizes


def measure(folder: Path, sizes: Sizes) -> dict[str, Any]:
    added = sizes.more_events - sizes.events
    assert added > 0, "--more-events must be above --events"
    with filled_topic(folder, sizes.events, sizes.events_per_batch) as topic:
        fewer = topic.run("kit", "fewer")
        shutil.rmtree(folder / "fewer")
        topic.produce(added, first=sizes.events)
        more = topic.run("kit", "more")
    return {
        "events": sizes.events,
        "more_events": sizes.more_events,
        "events_per_batch": sizes.events_per_batch,
        "core_s": round(fewer.core_s, 1),
        "core_s_of_more": round(more.core_s, 1),
        "core_us_per_added_event": round((more.core_s - fewer.core_s) / added * 1e6, 1),
        "events_per_s": round(sizes.events / fewer.wall_s),
        "added_events_per_s": round(added / (more.wall_s - fewer.wall_s)),
        "resident_mb": fewer.resident_mb,
        "resident_mb_of_more": more.resident_mb,
    }
