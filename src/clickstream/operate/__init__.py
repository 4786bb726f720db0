"""The commands for a running kit: start it, look at it, restart its parts, remove its data."""
