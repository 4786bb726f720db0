"""③ The Spark job: DataFrame in, DataFrame out, one file per table."""
