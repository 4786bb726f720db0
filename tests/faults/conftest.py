"""How many faults, and which."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from clickstream.torture.rounds import FAULTS

DEFAULT_ROUNDS = 6


@dataclass(frozen=True)
class Schedule:
    """The faults of one test run: how many rounds, and the seed that chooses them."""

    rounds: int
    seed: int


@pytest.fixture(scope="session")
def chosen(pytestconfig: pytest.Config) -> Schedule:
    """Six faults in the default list, every kind once in the thorough one, or what the options say."""
    rounds = len(FAULTS) if pytestconfig.getoption("--thorough") else DEFAULT_ROUNDS
    return Schedule(
        rounds=int(pytestconfig.getoption("--rounds", default=None) or rounds),
        seed=int(pytestconfig.getoption("--fault-seed", default=None) or _seed_of_today()),
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", help="how many faults to inject; default 6, thorough every kind once")
    parser.addoption("--fault-seed", help="chooses the faults, their order and moments; default the date")


def pytest_report_header(config: pytest.Config) -> str:
    seed = config.getoption("--fault-seed", default=None) or _seed_of_today()
    return f"faults: seed {seed}; repeat with --fault-seed {seed}"


def _seed_of_today() -> int:
    # Another sample every day, and the same one for everybody on that day.
    return int(f"{datetime.now(UTC):%Y%m%d}")
