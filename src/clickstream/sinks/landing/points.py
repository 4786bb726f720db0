"""The points of a landing, for those who want to be told of them."""

BATCH_STARTED = "batch_started"
PARQUET_WRITTEN = "parquet_written"
CSV_WRITTEN = "csv_written"
FILES_MOVED = "files_moved"
RECORD_WRITTEN = "record_written"
POINTS = (BATCH_STARTED, PARQUET_WRITTEN, CSV_WRITTEN, FILES_MOVED, RECORD_WRITTEN)
"""Where a landing says that it has arrived, in order; a crash test ends the process there."""
