"""The wiring: what rooms need of one another, bounded by count and deadline."""
