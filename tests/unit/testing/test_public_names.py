"""Every public name of clickstream.testing is loaded from a module that exists."""

from importlib.util import find_spec

import clickstream.testing as public


def test_every_name_has_its_module():
    lazy = set(public.__all__) - {"ManualClock", "RecordingProducer"}
    assert lazy == set(public._MODULE_OF)
    for module in public._MODULE_OF.values():
        assert find_spec(f"clickstream.testing.{module}")
    # A module of the same name would take the function's place once it is imported.
    assert not set(public._MODULE_OF) & set(public._MODULE_OF.values())
