# syntax=docker/dockerfile:1
# The images of compose.redpanda.yml, from one lock file:
#
#   producer   Python and the kit, without Java and PySpark
#   job        the same with PySpark, Java 17 and the connector's jars: driver, Spark master and Spark worker
#
# scripts/prepare installs packages by hash from poetry.lock, as everywhere else. The kit installs jars by hash from
# their own lock file. A starting container downloads nothing.

# Exact versions, for amd64 and arm64.
ARG PYTHON_IMAGE=python:3.12.12-slim-bookworm
ARG JAVA_IMAGE=eclipse-temurin:17.0.19_10-jre-noble

FROM ${JAVA_IMAGE} AS java

FROM ${PYTHON_IMAGE} AS python
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

# ── packages: what changes least comes first ──
FROM python AS producer-packages
WORKDIR /build
ENV PYTHON=/usr/local/bin/python3.12 \
    PIP_CACHE_DIR=/var/cache/pip
COPY scripts/ scripts/
COPY pyproject.toml poetry.lock README.md LICENSE ./
RUN --mount=type=cache,target=/var/cache/pip \
    ./scripts/prepare --into /opt/clickstream --groups main --without pyspark
COPY src/ src/
RUN ./scripts/prepare --into /opt/clickstream --groups main --without pyspark --kit wheel

FROM producer-packages AS job-packages
RUN --mount=type=cache,target=/var/cache/pip \
    ./scripts/prepare --into /opt/clickstream --groups main --kit wheel

FROM job-packages AS jars
# Downloads the jars in spark-kafka.lock.toml, and refuses other hashes.
RUN /opt/clickstream/bin/python -c "\
from pathlib import Path; \
from clickstream.runtime.java.jars import SPARK_KAFKA, resolve; \
from clickstream.runtime.java.lockfile import read_lock; \
resolve(read_lock(SPARK_KAFKA), Path('/opt/clickstream-cache'))" \
    && chmod -R a+rX /opt/clickstream-cache

# ── images ──
FROM python AS runtime
# A numeric user, so that an engine sees that it is not root. It also owns the folders that the volume of compose
# starts with.
RUN groupadd --gid 10001 clickstream \
    && useradd --uid 10001 --gid 10001 --create-home --home-dir /var/lib/clickstream clickstream \
    && install --directory --owner=10001 --group=10001 /data /data/output /data/checkpoints
ENV PATH=/opt/clickstream/bin:$PATH \
    STATE_PATH=/var/lib/clickstream/state
WORKDIR /var/lib/clickstream
USER 10001:10001
ENTRYPOINT ["clickstream"]

FROM runtime AS producer
COPY --from=producer-packages /opt/clickstream /opt/clickstream

FROM runtime AS job
ENV JAVA_HOME=/opt/java/openjdk \
    CACHE_PATH=/opt/clickstream-cache
COPY --from=java /opt/java/openjdk /opt/java/openjdk
# Spark 4 does not start without this module, so the build fails early.
RUN "$JAVA_HOME/bin/java" --list-modules | grep --quiet jdk.incubator.vector
COPY --from=jars /opt/clickstream-cache /opt/clickstream-cache
COPY --from=job-packages /opt/clickstream /opt/clickstream
