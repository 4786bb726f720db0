"""The first words of a verdict, the same wherever one is shown."""


def result_in_words(passed: bool, not_checked: int) -> str:
    """PASS or FAIL, with the number of tables that were not checked behind it if there are any."""
    count = f" ({not_checked} {'table' if not_checked == 1 else 'tables'} not checked)" if not_checked else ""
    return ("PASS" if passed else "FAIL") + count
