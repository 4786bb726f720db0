"""What each half word of the draws decides of a click."""

from enum import IntEnum


class FieldDraw(IntEnum):
    """What each 32-bit half word of an independent event decides; no place is given to something else."""

    USER = 0
    SESSION_IS_NULL = 1
    SESSION = 2
    EVENT_TYPE = 3
    PAGE = 4
    REFERRER = 5
    CAMPAIGN = 6
    LATENCY = 7
    REVENUE = 8


class StepDraw(IntEnum):
    """What each half word of a step of a walk decides; the last four count where a visit begins."""

    NEXT_STEP = 0
    PAUSE = 1
    LATENCY = 2
    REVENUE = 3
    USER = 4
    SESSION_IS_NULL = 5
    REFERRER = 6
    CAMPAIGN = 7
