"""A job says once that all its queries run and wait for records."""

from dataclasses import dataclass, field

from clickstream.stream.idle import reporting_when_idle
from clickstream.testing import ManualClock


@dataclass
class Query:
    message: str

    @property
    def status(self) -> dict[str, object]:
        return {"message": self.message, "isTriggerActive": False}


@dataclass
class Session:
    active: list[Query] = field(default_factory=list)

    @property
    def streams(self) -> "Session":
        return self


def test_it_is_told_once_when_every_query_waits() -> None:
    clock, session, told = ManualClock(), Session(), []
    asked = reporting_when_idle(lambda: False, session, 2, lambda: told.append(1), clock)  # type: ignore[arg-type]

    def a_second_later() -> int:
        clock.advance(1)
        assert asked() is False
        return len(told)

    assert a_second_later() == 0
    session.active = [Query("Waiting for data to arrive"), Query("Initializing sources")]
    assert a_second_later() == 0
    session.active[1].message = "Processing new data"
    assert a_second_later() == 0
    session.active[1].message = "Waiting for next trigger"
    assert a_second_later() == 1
    assert a_second_later() == 1
