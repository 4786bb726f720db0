"""The environment of pip and Poetry: the variables on these lists, and nothing else of the shell's.

A shell may carry PIP_TARGET, PYTHONPATH or POETRY_VIRTUALENVS_CREATE for other projects; each of them makes
an installation go elsewhere or fail. clickstream/settings/environment.py does the same for the kit's own
child processes, but is not installed yet.
"""

import os
import sys

EVERY_TOOL = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "LD_LIBRARY_PATH", "NETRC"),
    *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_HOME"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)

PIP = (
    *("INDEX_URL", "EXTRA_INDEX_URL", "NO_INDEX", "FIND_LINKS", "CONFIG_FILE", "KEYRING_PROVIDER"),
    *("TRUSTED_HOST", "CERT", "CLIENT_CERT", "PROXY", "USE_FEATURE", "USE_DEPRECATED"),
    *("RETRIES", "RESUME_RETRIES", "TIMEOUT", "DEFAULT_TIMEOUT", "CACHE_DIR", "NO_CACHE_DIR"),
)
"""pip's settings of where packages come from, each behind `PIP_`; those of where they go are ours."""

UTF8_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


def surroundings(**variables: str) -> dict[str, str]:
    """The environment of one tool, with these variables on top."""
    allowed = {*EVERY_TOOL, *(f"PIP_{name}" for name in PIP)}
    kept = {name: value for name, value in os.environ.items() if name in allowed}
    kept |= {"LANG": UTF8_LOCALE, "LC_ALL": UTF8_LOCALE}
    return kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"} | variables
