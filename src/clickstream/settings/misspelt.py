"""Names that look like settings and are not: typing errors in `.env` and in the environment."""

import difflib
import os
from collections.abc import Iterable

from clickstream.settings.groups import GROUPS

NAMES = tuple(str(info.alias) for group in GROUPS.values() for info in group.model_fields.values())
"""All settings by their names in the environment, in the order of the pipeline."""

# In a file of ours: a few letters off.
_NEAR_IN_FILE = 0.8
# Among the variables of a whole shell: one letter off in a name of ten, two in one of twenty.
_NEAR_IN_ENVIRONMENT = 0.9
_PREFIX = "CLICKSTREAM_"
# Close to a setting, but known to belong to other programs.
_OF_OTHERS = frozenset({"CCACHE_PATH", "KAFKA_NUM_PARTITIONS"})


def nearest_in_file(name: str) -> str:
    """The setting that a key of `.env` resembles; empty if it is one or resembles none."""
    return "" if name in NAMES else _nearest(name.upper(), NAMES, _NEAR_IN_FILE)


def misspelt_variables(variables: Iterable[str] = os.environ) -> list[tuple[str, str]]:
    """The variables, by default of this process, that are probably meant as a setting, each with that one.

    These are names in other letter case, with our prefix, or almost equal. JAVA_HOME is left out: other
    programs have variables such as JAVA11_HOME.
    """
    targets = [name for name in NAMES if name != "JAVA_HOME"]
    found = []
    for name in sorted(set(variables) - set(NAMES) - _OF_OTHERS):
        upper = name.upper()
        if upper.startswith(_PREFIX):
            nearest = _nearest(upper.removeprefix(_PREFIX), NAMES, _NEAR_IN_FILE)
        else:
            nearest = _nearest(upper, targets, _NEAR_IN_ENVIRONMENT)
        if nearest:
            found.append((name, nearest))
    return found


def _nearest(name: str, known: Iterable[str], cutoff: float) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)), "")
