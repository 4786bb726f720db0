"""Events of clicks: who clicks, which way through the shop, and the bytes of each event."""
