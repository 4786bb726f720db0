"""The report of a run as one HTML file: no scripts, no network, nothing beside the file."""
