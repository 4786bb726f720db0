"""Clock, loopback and user: what a JVM cannot do without is a problem with a command."""

from datetime import UTC, datetime

from clickstream.contract.diagnosis import Health
from clickstream.runtime.machine.clock_loopback_user import diagnose_clock, diagnose_loopback, diagnose_user


def test_a_clock_that_was_never_set_is_a_problem() -> None:
    found = diagnose_clock(datetime(1970, 1, 1, tzinfo=UTC))
    assert (found.health, "1970-01-01 00:00 UTC" in found.sentence) == (Health.PROBLEM, True)
    assert diagnose_clock(datetime(2026, 1, 1, tzinfo=UTC)).health is Health.OK


def test_loopback_is_tried_for_real() -> None:
    assert diagnose_loopback().health is Health.OK

    def down() -> None:
        raise OSError(101, "Network is unreachable")

    found = diagnose_loopback(down)
    assert (found.health, "Network is unreachable" in found.sentence) == (Health.PROBLEM, True)


def test_a_user_without_a_name_is_a_problem_with_a_command() -> None:
    assert diagnose_user(0).health is Health.OK
    found = diagnose_user(4_000_000)
    assert found.health is Health.PROBLEM
    assert "4000000" in found.fix
