"""A standalone Spark master with its workers on this machine."""
