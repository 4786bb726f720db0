"""The broker: Apache Kafka in a child JVM, or Redpanda in a container."""
