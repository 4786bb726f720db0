"""The demo is the product in one command: it must show something, end in a verdict, and repeat itself."""

TABLES = {"events_raw", "events_rejected", "page_metrics", "geo_metrics", "sessions"}
