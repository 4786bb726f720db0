"""Remove what a run, or the cache, has left behind: reset and purge."""
