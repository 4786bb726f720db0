"""Which guarantees fall with which acknowledgements."""

import pytest

from clickstream.broker.guarantees import fallen_guarantees
from clickstream.settings import BrokerSettings


def test_all_keeps_every_guarantee():
    assert fallen_guarantees(BrokerSettings.model_construct(acks="all")) == ()


@pytest.mark.parametrize(
    ("acks", "said"), [("0", "can be lost unnoticed"), ("1", "can be lost with the leader")]
)
def test_fewer_acknowledgements_say_what_may_be_lost_and_that_retries_may_double(acks, said):
    (line,) = fallen_guarantees(BrokerSettings.model_construct(acks=acks))
    assert line.startswith(f"MSG_ACKS={acks}: ")
    assert said in line
    assert "a retry can store one twice" in line
