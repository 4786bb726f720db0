"""A kind of fault: a name, a promise, and a function that injects it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from clickstream.torture.arena import Arena

Inject = Callable[[Arena, random.Random], str]
"""Injects the fault, verifies that the kit reacts as promised, and returns in a few words what it did.

Raises FaultNotSurvived if the kit did not react so, and `FaultMissed` if the fault did not hit.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault; `name` is the function's, `promise` its docstring's first line."""

    name: str
    promise: str
    inject: Inject

    @classmethod
    def of(cls, inject: Inject, name: str = "") -> "Fault":
        """A fault of a function."""
        function = inject.func if isinstance(inject, partial) else inject
        promise = (function.__doc__ or "").strip().splitlines()
        return cls(name or function.__name__, promise[0] if promise else "", inject)


def faults(*injections: Inject) -> tuple[Fault, ...]:
    """A fault of each of these functions."""
    return tuple(map(Fault.of, injections))
