"""How a kit is, for people, for a screen and as JSON."""
