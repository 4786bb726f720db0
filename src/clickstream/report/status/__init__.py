"""The status of a kit: for people, for a screen and as JSON."""
