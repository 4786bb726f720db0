"""Settings changed at random: which, how, and where they are given, and what must come of it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import SecretStr

from clickstream.duration import Duration
from clickstream.settings import SECRETS, SETTINGS, Settings, load

CA_FILES = ("ca-1.pem", "ca 2.pem")
PLACES = ("flag", "environment", ".env")
"""Where a value may be given; the first that has one wins."""


@dataclass(frozen=True)
class Value:
    """A value as a person writes it, and what it means."""

    text: str
    meaning: object


Values = st.SearchStrategy[Value]


def plain(values: st.SearchStrategy[Any]) -> Values:
    return values.map(lambda value: Value(str(value), value))


def whole(low: int, high: int) -> Values:
    return plain(st.integers(low, high))


def one_of(*values: str) -> Values:
    return plain(st.sampled_from(values))


def texts(pattern: str) -> Values:
    return plain(st.from_regex(pattern, fullmatch=True))


# No dollar: in `.env`, and there alone, `${…}` stands for another variable, as docs/production.md says.
_written = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="$"), min_size=1
)
rates = st.one_of(
    plain(st.floats(0, 1)), st.integers(0, 100).map(lambda share: Value(f"{share}%", share / 100))
)
paths = st.sampled_from(["data/elsewhere", "/srv/a b", "ü/#1", "'quoted'"]).map(
    lambda at: Value(at, Path(at))
)
memory = st.one_of(
    st.integers(1, 1023).map(lambda size: Value(f"{size}m", f"{size}m")),
    st.integers(1, 999).map(lambda size: Value(f"{size}GB", f"{size}g")),
    st.integers(1, 99).map(lambda size: Value(f"{size * 1024} MiB", f"{size}g")),
)
ports = whole(0, 65_535)
switches = st.sampled_from(
    [Value("true", True), Value("False", False), Value("1", True), Value("no", False), Value("on", True)]
)
durations = st.one_of(
    st.builds(
        lambda number, unit: Value(f"{number}{unit[0]}", Duration(number * unit[1])),
        st.integers(1, 5_000),
        st.sampled_from(
            [
                *((" milliseconds", 1), ("ms", 1), (" seconds", 1_000), ("s", 1_000), (" minute", 60_000)),
                *(("m", 60_000), (" hours", 3_600_000), ("h", 3_600_000), ("d", 86_400_000)),
            ]
        ),
    ),
    st.just(Value("1 minute 30 seconds", Duration(90_000))),
)

VALUES: Mapping[str, Values] = {
    "PIPELINE": one_of("clickstream.clicks:CLICKS", "my_package.pipelines:mine"),
    "SEED": whole(0, 2**64 - 1),
    "START_TIME": st.sampled_from(["2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01 01:30:00+01:30"]).map(
        lambda text: Value(text, "2026-01-01T00:00:00+00:00")
    ),
    "MSGS_PER_SEC": plain(st.floats(0.001, 10_000_000)),
    "UNIFORM": switches,
    "TRAFFIC": one_of("constant", "wave:1m:150%", "burst:30s:300%", "ramp:10 minutes:300%"),
    "PRODUCERS": whole(1, 32),
    "MSG_KEY": one_of("user_id", "none"),
    "LATE_RATE": rates,
    "LATE_SECONDS": st.one_of(whole(1, 86_400), st.just(Value("5m", 300))),
    "MALFORMED_RATE": rates,
    "DUPLICATE_RATE": rates,
    "OUT_OF_ORDER_RATE": plain(st.floats(0, 0.5)),
    "FUTURE_RATE": rates,
    "FUTURE_SECONDS": whole(1, 31_536_000),
    "MISSING_FIELD_RATE": rates,
    "BROKER_BACKEND": one_of("auto", "redpanda", "embedded", "external"),
    "KAFKA_BOOTSTRAP_SERVERS": one_of("127.0.0.1:19092", "one:9092,two:9093", "[::1]:9092"),
    "KAFKA_TOPIC": texts(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,40}"),
    "KAFKA_PARTITIONS": whole(1, 1_000),
    "KAFKA_REPLICATION_FACTOR": whole(1, 32_767),
    "MSG_ACKS": one_of("0", "1", "all"),
    "MSG_COMPRESSION": one_of("none", "gzip", "lz4", "snappy", "zstd"),
    "MSG_DELIVERY_TIMEOUT": st.builds(
        lambda seconds: Value(f"{seconds} seconds", Duration(seconds * 1_000)), st.integers(1, 86_400)
    ),
    "KAFKA_SECURITY_PROTOCOL": one_of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
    "KAFKA_SASL_MECHANISM": one_of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
    "KAFKA_SASL_USERNAME": plain(_written),
    "KAFKA_SASL_PASSWORD": _written.map(lambda text: Value(text, SecretStr(text))),
    "KAFKA_SSL_CA_LOCATION": st.sampled_from(CA_FILES).map(lambda name: Value(name, Path(name))),
    "SPARK_APP_NAME": plain(_written),
    "SPARK_MASTER_URL": one_of("local", "local[3]", "spark://host:7077", "yarn", "k8s://https://host:6443"),
    "SPARK_DRIVER_HOST": one_of("10.0.0.7", "job.example.com"),
    "SHARED_STORAGE": switches,
    "SPARK_PROPERTIES_FILE": paths,
    "SPARK_DRIVER_MEMORY": memory,
    "SPARK_DRIVER_JAVA_OPTIONS": one_of("-Xlog:gc", "-Da=b -Dc='d e'"),
    "SPARK_DRIVER_ENVIRONMENT": one_of("AWS_PROFILE", "AWS_PROFILE,AWS_REGION"),
    "SPARK_SQL_SHUFFLE_PARTITIONS": whole(1, 10_000),
    "SPARK_LOG_LEVEL": one_of("ERROR", "WARN", "INFO", "DEBUG"),
    "KAFKA_STARTING_OFFSETS": one_of("earliest", "latest"),
    "FAIL_ON_DATA_LOSS": switches,
    "WATERMARK_DELAY": durations,
    "TRIGGER_INTERVAL": durations,
    "MAX_OFFSETS_PER_TRIGGER": whole(1, 10**9),
    "KAFKA_MIN_PARTITIONS": whole(0, 10_000),
    "FUTURE_TOLERANCE": durations,
    "PAGE_WINDOW": durations,
    "GEO_WINDOW": durations,
    "SESSION_WINDOW": durations,
    "OUTPUT_FILES_PER_BATCH": whole(1, 1_000),
    "MAX_RECORDS_PER_FILE": whole(1, 10**9),
    "PARTITION_BY_DATE": switches,
    "CSV_COMPRESSION": one_of("none", "gzip"),
    "OUTPUT_PATH": paths,
    "CHECKPOINT_PATH": paths,
    "RUN_ID": texts(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
    "STATE_PATH": paths,
    "CACHE_PATH": paths,
    "JAVA_HOME": paths,
    "EMBEDDED_KAFKA_PORT": ports,
    "EMBEDDED_KAFKA_MEMORY": memory,
    "REDPANDA_PORT": ports,
    "SPARK_MASTER_PORT": ports,
    "SPARK_MASTER_WEBUI_PORT": ports,
    "SPARK_WORKERS": whole(1, 16),
    "SPARK_WORKER_CORES": whole(1, 256),
    "SPARK_WORKER_MEMORY": memory,
}
"""What each setting takes, written down apart from the declarations."""


@dataclass
class GivenSettings:
    """What is given where, by place and name, and what wins; all other settings have their defaults."""

    at: dict[str, dict[str, Value]] = field(default_factory=lambda: {place: {} for place in PLACES})

    def winning(self, name: str) -> tuple[Value, str] | None:
        """The value that must act, and the place that it must be said to come from."""
        return next(((self.at[place][name], place) for place in PLACES if name in self.at[place]), None)

    def meaning(self, name: str) -> object:
        """What the setting must be: what is given, or its default."""
        won = self.winning(name)
        return default_of(name) if won is None else won[0].meaning

    def load(self, folder: Path) -> tuple[Settings, dict[str, str]]:
        """Read the settings in this folder as given, and where each is said to come from."""
        with _given(self, folder):
            settings, effective = load(
                # The command line hands over texts and what else typer makes of them.
                {
                    name: value.meaning if isinstance(value.meaning, (int, float, Path)) else value.text
                    for name, value in self.at["flag"].items()
                }
            )
        return settings, {setting.name: setting.source for setting in effective}


@st.composite
def given_settings(draw: st.DrawFn) -> GivenSettings:
    """Any of the settings, each given in one place or in several, with another value in each."""
    given = GivenSettings()
    for name in draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True)):
        _give(draw, given, name)
    needed = []
    if given.meaning("BROKER_BACKEND") == "external":
        needed.append("KAFKA_BOOTSTRAP_SERVERS")
    if str(given.meaning("KAFKA_SECURITY_PROTOCOL")).startswith("SASL_"):
        needed += ["KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"]
    for name in needed:
        if given.winning(name) is None:
            _give(draw, given, name)
    return given


def default_of(name: str) -> object:
    """A setting's default."""
    return SETTINGS[name].default


def _give(draw: st.DrawFn, given: GivenSettings, name: str) -> None:
    places = [place for place in PLACES if place != "flag" or name not in SECRETS]
    for place in sorted(draw(st.sets(st.sampled_from(places), min_size=1))):
        given.at[place][name] = draw(VALUES[name])


@contextmanager
def _given(given: GivenSettings, folder: Path) -> Iterator[None]:
    """Environment and `.env` as given, and nothing else in them; the folder is the working folder."""
    for ca_file in CA_FILES:
        (folder / ca_file).write_text("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
    lines = [f"{name}={_quoted(value.text)}\n" for name, value in given.at[".env"].items()]
    (folder / ".env").write_text("".join(lines), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in VALUES.keys() & os.environ.keys():
            patch.delenv(name)
        for name, value in given.at["environment"].items():
            patch.setenv(name, value.text)
        yield


def _quoted(text: str) -> str:
    """As docs/production.md has it: in single quotes, with a backslash before a quote and a backslash."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
