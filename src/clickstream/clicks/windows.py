"""The settings for the length of windows and sessions of clicks."""

from clickstream.define import WindowSetting

PAGE_WINDOW = WindowSetting(
    "PAGE_WINDOW",
    "60 seconds",
    "Length of the tumbling windows of page_metrics. Belongs to a checkpoint.",
    examples=("30 seconds", "1 minute"),
)
GEO_WINDOW = WindowSetting(
    "GEO_WINDOW",
    "60 seconds",
    "Length of the tumbling windows of geo_metrics. Belongs to a checkpoint.",
    examples=("30 seconds", "5 minutes"),
)
SESSION_WINDOW = WindowSetting(
    "SESSION_WINDOW",
    "60 seconds",
    "A user's session ends after this long without an event. Belongs to a checkpoint.",
    examples=("1 minute", "30 minutes"),
)
