"""The tables of clicks: a file each, with both halves of its computation."""

from clickstream.clicks.tables.events import EVENTS_RAW, EVENTS_REJECTED
from clickstream.clicks.tables.geo_metrics import GEO_METRICS
from clickstream.clicks.tables.page_metrics import PAGE_METRICS
from clickstream.clicks.tables.sessions import SESSIONS

TABLES = (EVENTS_RAW, EVENTS_REJECTED, PAGE_METRICS, GEO_METRICS, SESSIONS)

__all__ = ["EVENTS_RAW", "EVENTS_REJECTED", "GEO_METRICS", "PAGE_METRICS", "SESSIONS", "TABLES"]
