"""Which broker the e2e suite runs on: the embedded one, or Redpanda where `tox -e compose` asks for it."""

import os

BACKEND = os.environ.get("E2E_BACKEND", "embedded")
BROKER_PART = "redpanda" if BACKEND == "redpanda" else "embedded-kafka"
SETTINGS = {"BROKER_BACKEND": BACKEND, "EMBEDDED_KAFKA_PORT": "0", "REDPANDA_PORT": "0"}
"""What every project of the suite is told; port 0 lets two of them stand side by side."""
