"""What a fault is: a name, a promise, and something that is done to the arena."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from clickstream.torture.arena import Arena

Inflict = Callable[[Arena, random.Random], str]
"""Does it, sees that the kit answers as promised, and says in a few words what came of it.

Raises FaultNotSurvived where the kit did not answer so, and `FaultMissed` where the fault did not hit.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault; `name` is the function's, `promise` its docstring's first line."""

    name: str
    promise: str
    inflict: Inflict

    @classmethod
    def of(cls, inflict: Inflict, name: str = "") -> "Fault":
        """A fault of a function."""
        function = inflict.func if isinstance(inflict, partial) else inflict
        promise = (function.__doc__ or "").strip().splitlines()
        return cls(name or function.__name__, promise[0] if promise else "", inflict)
