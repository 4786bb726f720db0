"""Mask passwords in a text that is shown, such as an address or the options of a JVM.

Settings that are secrets as a whole have a type of their own and never come this far (`settings.SECRETS`).
"""

import re

MASK = "***"
"""Shown instead of a password."""

# A password may hold a slash, or an at sign.
_IN_URL = re.compile(r"//\S*:\S+@")
_OPTION = re.compile(
    r"((?:password|passwd|passphrase|secret|token|credential)[\w.]*\s*[=:]\s*)(?:'[^']*'|\"[^\"]*\"|[^\s,;]+)",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """The text with `***` for user and password in URLs, and for values of options such as `password=`."""
    return _OPTION.sub(rf"\g<1>{MASK}", _IN_URL.sub(f"//{MASK}@", text))
