"""What a torture came to: hits and misses apart."""

from clickstream.report.torture import rounds_markdown, torture_verdict


def test_misses_are_not_counted_as_survived():
    assert (
        torture_verdict([True], 7)
        == "PASS: 1 fault injected; every landed row was correct after each (seed 7)"
    )
    assert "PASS: 2 faults injected, 1 missed;" in torture_verdict([True, False, True], 1)


def test_the_table_has_a_row_for_each_kind():
    survived = [("b", 2.0, True), ("a", 1.0, True), ("b", 4.0, False)]
    assert rounds_markdown(survived).splitlines() == [
        "| fault | injected | missed | seconds each |",
        "|---|---|---|---|",
        "| a | 1 | 0 | 1.0 |",
        "| b | 1 | 1 | 3.0 |",
    ]
