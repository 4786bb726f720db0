"""② The Kafka protocol: topics, producing, reading; the only room that knows confluent_kafka."""
