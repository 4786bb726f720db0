"""How a visitor walks through the shop: a Markov chain, written in per cent.

home → search → product → cart → checkout → purchase is the way; at every step some click around, turn back
or leave. The shares are chosen so that the event types come near the contract's 75/15/7/3.
"""

import numpy as np
import numpy.typing as npt

from clickstream.clicks.generate.vocabulary import EVENT_TYPE_PERCENT, PAGES
from clickstream.define.columns import Columns

LEAVE = "leave"
"""Not a step: the visit ends, and the next visitor's first step follows."""

LANDING: dict[str, int] = {
    "view /": 30,
    "view /home": 34,
    "view /search": 16,
    **{f"view /product/sku-{sku}": 10 for sku in (1, 2)},
}
"""With which step a visit begins, in per cent."""


def _steps_of_product(sku: int, other: int) -> dict[str, dict[str, int]]:
    this, that = f"/product/sku-{sku}", f"/product/sku-{other}"
    return {
        f"view {this}": {
            f"click {this}": 24,
            f"add_to_cart {this}": 20,
            f"view {that}": 10,
            "view /search": 20,
            "view /cart": 2,
            "view /home": 3,
            LEAVE: 21,
        },
        f"click {this}": {
            f"add_to_cart {this}": 22,
            f"view {this}": 28,
            f"view {that}": 10,
            "view /search": 20,
            LEAVE: 20,
        },
        f"add_to_cart {this}": {
            "view /cart": 72,
            "view /search": 12,
            f"view {that}": 6,
            f"view {this}": 4,
            LEAVE: 6,
        },
    }


_FROM_HOME = {
    "view /search": 34,
    "view /product/sku-1": 9,
    "view /product/sku-2": 9,
    "view /help": 4,
    "click /home": 20,
    LEAVE: 24,
}

NEXT_STEP: dict[str, dict[str, int]] = {
    "view /": _FROM_HOME,
    "view /home": _FROM_HOME,
    "click /home": {
        "view /search": 45,
        "view /product/sku-1": 20,
        "view /product/sku-2": 20,
        "view /home": 5,
        LEAVE: 10,
    },
    "view /search": {
        "view /search": 12,
        "view /product/sku-1": 22,
        "view /product/sku-2": 22,
        "click /search": 24,
        "view /home": 4,
        LEAVE: 16,
    },
    "click /search": {
        "view /product/sku-1": 42,
        "view /product/sku-2": 42,
        "view /search": 10,
        LEAVE: 6,
    },
    **_steps_of_product(1, 2),
    **_steps_of_product(2, 1),
    "view /cart": {"view /checkout": 66, "view /search": 12, "view /home": 8, "view /help": 4, LEAVE: 10},
    "view /checkout": {"purchase /checkout": 84, "view /cart": 4, "view /help": 4, LEAVE: 8},
    "purchase /checkout": {"view /home": 20, "view /search": 10, LEAVE: 70},
    "view /help": {"view /home": 30, "view /search": 24, "view /cart": 6, LEAVE: 40},
}
"""Step → what may follow, in per cent; a step is an event type (`view` for page_view) and a page."""

_TYPE_OF_VERB = {"view": "page_view", **{name: name for name in EVENT_TYPE_PERCENT}}
_STEPS = tuple(NEXT_STEP)
_PERCENT = 100
_CHANCES = _PERCENT * _PERCENT
_FIRST_STEP_ROW = len(_STEPS)
# A step that begins a visit is in the table with this added, which the rows repeat.
_LANDED = len(_STEPS) + 1

EVENT_TYPE_OF_STEP: Columns = np.array(
    [list(EVENT_TYPE_PERCENT).index(_TYPE_OF_VERB[step.split()[0]]) for step in _STEPS], dtype=np.int64
)
PAGE_OF_STEP: Columns = np.array([PAGES.index(step.split()[1]) for step in _STEPS], dtype=np.int64)


def _chances(shares: dict[str, int]) -> list[int]:
    """What each of 10,000 equally likely draws leads to."""
    row: list[int] = []
    for step, percent in shares.items():
        if step == LEAVE:
            for landing, share in LANDING.items():
                row += [_LANDED + _STEPS.index(landing)] * (percent * share)
        else:
            row += [_STEPS.index(step)] * (percent * _PERCENT)
    if len(row) != _CHANCES:
        raise ValueError(f"the shares of {shares} do not add up to 100 per cent")
    return row


_ROWS = [*(_chances(shares) for shares in NEXT_STEP.values()), _chances({LEAVE: _PERCENT})]
_TABLE: npt.NDArray[np.uint8] = np.array([*_ROWS, *_ROWS], dtype=np.uint8).ravel()

CHANCES = _CHANCES
"""The draws that decide a step are below this."""


def walked(draws: Columns) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """Walk many lanes at once, each from a new visitor on.

    Args:
        draws: below `CHANCES`, one row per lane and one column per step.

    Returns:
        The step taken (index into `EVENT_TYPE_OF_STEP` and `PAGE_OF_STEP`), and whether it begins a visit.
    """
    lanes, steps = draws.shape
    by_step = np.ascontiguousarray(draws.T)
    taken = np.empty((steps, lanes), dtype=np.uint8)
    came_from = np.full(lanes, _FIRST_STEP_ROW, dtype=np.int64)
    for number in range(steps):
        taken[number] = _TABLE[came_from * _CHANCES + by_step[number]]
        came_from = taken[number].astype(np.int64)
    landed = taken >= _LANDED
    return np.ascontiguousarray((taken - _LANDED * landed.astype(np.uint8)).T), np.ascontiguousarray(landed.T)
