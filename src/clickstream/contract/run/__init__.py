"""A run on disk: the layout of its folders, its terms, its batch records, Spark's log."""
