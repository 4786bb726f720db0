"""The settings of the landed files."""

from typing import Literal

from pydantic import Field

from clickstream.settings.kinds import SettingsGroup


class SinkSettings(SettingsGroup):
    """The landed files."""

    files_per_batch: int = Field(1, alias="OUTPUT_FILES_PER_BATCH", ge=1, le=1_000)
    """Most files per table, format and batch, before MAX_RECORDS_PER_FILE and dates cut them further."""
    max_records_per_file: int = Field(1_000_000, alias="MAX_RECORDS_PER_FILE", ge=1)
    """Most rows in one landed file."""
    partition_by_date: bool = Field(False, alias="PARTITION_BY_DATE")
    """Put files into folders by UTC date: of event_ts, window_start, session_start or kafka_timestamp."""
    csv_compression: Literal["none", "gzip"] = Field("none", alias="CSV_COMPRESSION")
    """How CSV files are compressed; Parquet files always are."""
