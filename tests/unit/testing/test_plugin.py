"""The plugin costs a pytest run that does not use it next to nothing, and says nothing there."""

import subprocess
import sys

IMPORTED = """
import sys
import pytest
before = set(sys.modules)
import clickstream.pytest_plugin
new = set(sys.modules) - before
print(*sorted(name for name in new if name.split(".")[0] not in sys.stdlib_module_names))
"""


def test_the_plugin_imports_nothing_but_pytest():
    run = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["clickstream", "clickstream.pytest_plugin"]


def test_the_fixtures_of_the_plugin_have_a_prefix_and_a_sentence_each():
    from _pytest.fixtures import FixtureFunctionDefinition

    from clickstream import pytest_plugin

    fixtures = {n: f for n, f in vars(pytest_plugin).items() if isinstance(f, FixtureFunctionDefinition)}
    assert len(fixtures) >= 7
    for name, fixture in fixtures.items():
        assert name.startswith("clickstream_")
        assert not fixture._fixture_function_marker.autouse
        assert fixture._get_wrapped_function().__doc__
