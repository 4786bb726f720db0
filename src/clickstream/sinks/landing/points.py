"""The points of a landing, where a crash test can end the process."""

BATCH_STARTED = "batch_started"
PARQUET_WRITTEN = "parquet_written"
CSV_WRITTEN = "csv_written"
FILES_MOVED = "files_moved"
RECORD_WRITTEN = "record_written"
POINTS = (BATCH_STARTED, PARQUET_WRITTEN, CSV_WRITTEN, FILES_MOVED, RECORD_WRITTEN)
"""In the order in which a landing reaches them."""
