"""Two lists of tests: the default one, and the thorough one, which has every test."""

import signal

import pytest
from hypothesis import settings

# A shell that starts the tests in the background lets them, and all that they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

SAMPLE, ALL_EXAMPLES = "sample", "all"
# No deadline: the machine that runs these tests may be busy.
settings.register_profile(SAMPLE, max_examples=40, deadline=None)
settings.register_profile(ALL_EXAMPLES, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="also run the tests marked as thorough")


def pytest_configure(config: pytest.Config) -> None:
    """Give property tests 40 examples in the default list, hypothesis' own 100 in the thorough one."""
    settings.load_profile(ALL_EXAMPLES if config.getoption("--thorough") else SAMPLE)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave tests marked `thorough` out of the default list; `tox -m thorough` runs them."""
    if config.getoption("--thorough"):
        return
    left_out = [item for item in items if item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
