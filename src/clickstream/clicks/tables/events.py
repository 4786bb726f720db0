"""events_raw and events_rejected: every record of the topic, in one of the two."""

from clickstream.clicks.event import CLICK
from clickstream.define import event_table, rejected_table

EVENTS_RAW = event_table(CLICK, "events_raw")
EVENTS_REJECTED = rejected_table("events_rejected")
