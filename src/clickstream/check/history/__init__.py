"""What a run did: its batches, their offsets and watermarks, from its records and Spark's log."""
