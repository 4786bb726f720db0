"""The Spark session: its configuration, its JVM, its executors."""
