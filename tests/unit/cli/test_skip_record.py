"""Where `skip-record` is to skip: PARTITION:OFFSET or PARTITION:FIRST-LAST, and nothing else."""

import pytest

from clickstream.cli.data.skip_record import skip_record
from clickstream.errors import UsageError


@pytest.mark.parametrize("place", ["", "17", ":17", "0:17-", "0:17-3", "0:-1", "a:1", "0:1,2", "0:\u0661"])
def test_a_place_in_another_form_is_refused_with_an_example(place: str) -> None:
    with pytest.raises(UsageError, match="is not PARTITION:OFFSET") as refused:
        skip_record([place])
    assert "0:17-40" in refused.value.next_step
