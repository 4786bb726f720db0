"""The rows of a micro-batch, as the job hands them to the sinks: one frame per query, computed once.

`events`: the columns of the table of every event and `REASON`, which is null for an event. In the row of a
rejected message the event's time field holds its value as base64 (null for a null value), and the other
fields mean nothing.

`aggregates`: `TABLE`, the name of the row's table, and for every table with windows a struct with its
columns, named like the table and null in the rows of the others. Rows of sessions with a null in their key
are still among them.
"""

REASON = "reason"
TABLE = "table"

WAVE = "wave"
"""Column beside the events that the check hands to Spark: each wave is computed on its own.

Sessions that the job kept apart, and one batch would join, are in different waves.
"""
