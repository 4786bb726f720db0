"""Topic to landed files: the Spark job, its restarts, and records that it skips."""
