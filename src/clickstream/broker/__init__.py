"""② The Kafka protocol: topics, producing, reading; the only module with confluent_kafka."""
