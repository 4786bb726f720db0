"""The settings for the length of windows and sessions of clicks."""

from clickstream.contract.definition.pipeline import WindowSetting

PAGE_WINDOW = WindowSetting(
    "PAGE_WINDOW",
    "60 seconds",
    ("30 seconds", "1 minute"),
    "Length of the tumbling windows of page_metrics. Belongs to a checkpoint.",
)
GEO_WINDOW = WindowSetting(
    "GEO_WINDOW",
    "60 seconds",
    ("30 seconds", "5 minutes"),
    "Length of the tumbling windows of geo_metrics. Belongs to a checkpoint.",
)
SESSION_WINDOW = WindowSetting(
    "SESSION_WINDOW",
    "60 seconds",
    ("1 minute", "30 minutes"),
    "A user's session ends after this long without an event. Belongs to a checkpoint.",
)
WINDOWS = (PAGE_WINDOW, GEO_WINDOW, SESSION_WINDOW)
