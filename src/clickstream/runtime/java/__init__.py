"""A Java to run Spark and Kafka with, and their jars by lock file."""
