"""The report of a run: its facts from records, files, Spark's log, the last verdict and the kit's status."""
