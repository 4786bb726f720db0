"""What the generated clicks are made of."""

USERS = 5_000
SESSIONS = 500_000
NULL_SESSION_PERCENT = 30

EVENT_TYPE_PERCENT: dict[str, int] = {"page_view": 75, "click": 15, "add_to_cart": 7, "purchase": 3}
PAGES = ("/", "/home", "/search", "/product/sku-1", "/product/sku-2", "/cart", "/checkout", "/help")
REFERRERS = ("direct", "google", "facebook", "twitter", "email", "partner")
DEVICES = ("desktop", "mobile", "tablet")
BROWSERS = ("Chrome", "Safari", "Firefox", "Edge")
COUNTRIES = ("US", "IN", "DE", "GB", "CA", "AU", "FR", "BR", "SG", "AE")
CAMPAIGNS = ("spring_sale", "retargeting", "launch", "brand", "none")
LATENCY_MS = (50, 1_200)
"""Smallest and largest latency_ms, both included."""
REVENUE_CENTS = (1_000, 20_000)
"""Smallest and largest revenue of a purchase in cents, both included."""

FURTHER_FIELDS: dict[str, tuple[str | int | float | None, ...]] = {}
"""The values of fields that have no part in a visit: each event has one of them, drawn on its own.

They are the last fields of the event, in this order; at most 32.
"""
