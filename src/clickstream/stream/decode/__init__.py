"""Kafka records → events and rejected messages, in Spark's own expressions."""
