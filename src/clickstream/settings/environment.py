"""The environment of child processes: the variables on a list, and nothing else of the shell's.

A shell carries variables of other programs that change what a JVM, Spark, Docker or Python does. So a child
process gets only what it needs, with a fixed language and encoding. docs/configuration.md has the same list.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from clickstream.settings.groups import SECRETS, SETTINGS

_NAMES = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "JAVA_HOME"),
        # The Python that runs us may need it to start, and so may a Java.
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
        *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
        *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"),
        *("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"),
        *("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
        # The command lines of Docker and Podman.
        *("SSH_AUTH_SOCK", "CONTAINER_HOST", "REGISTRY_AUTH_FILE"),
    }
)
# Docker, and the version managers whose `java` on PATH is a shim.
_PREFIXES = ("DOCKER_", "ASDF_", "JABBA_", "JENV_", "MISE_", "SDKMAN_")

OF_THIS_MACHINE = frozenset({"JAVA_HOME", "SPARK_DRIVER_JAVA_OPTIONS", "SPARK_DRIVER_ENVIRONMENT"})
"""Settings that say how programs start on this machine, not what a run is about."""

CLUSTER_NAMES: Mapping[str, frozenset[str]] = {
    "yarn": frozenset({"HADOOP_CONF_DIR", "YARN_CONF_DIR", "HADOOP_USER_NAME", "KRB5CCNAME", "KRB5_CONFIG"}),
    "k8s://": frozenset({"KUBECONFIG"}),
}
"""What the job's JVM gets besides, by the beginning of SPARK_MASTER_URL: how the cluster is reached."""

UTF8_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
"""A locale that every system of its kind has; under C, a JVM can open no path with non-ASCII letters."""

# Turkish upper case breaks enums, and other languages change how numbers are written.
JAVA_LOCALE = ("-Duser.language=en", "-Duser.country=US", "-Dfile.encoding=UTF-8")
"""What every JVM is started with. The encoding of file names comes from LC_ALL: no option of Java sets it."""


def child_environment(given: Mapping[str, str] | None = None, *, names: Iterable[str] = ()) -> dict[str, str]:
    """The environment of a child process: what the list has, the fixed locale, and what is given.

    `names` are further variables that it gets if our environment has them. No setting of the kit but
    JAVA_HOME, and no secret, is on the list.
    """
    allowed = _NAMES.union(names)
    kept = {
        name: value for name, value in os.environ.items() if name in allowed or name.startswith(_PREFIXES)
    }
    kept.setdefault("PATH", os.defpath)
    return {**kept, "LANG": UTF8_LOCALE, "LC_ALL": UTF8_LOCALE, **(given or {})}


def java_environment(java_home: Path, *, names: Iterable[str] = ()) -> dict[str, str]:
    """The environment of a JVM."""
    return child_environment({"JAVA_HOME": str(java_home)}, names=names)


def kit_environment(given: Mapping[str, str] | None = None, *, names: Iterable[str] = ()) -> dict[str, str]:
    """The environment of a child that is this kit, with what its own children get.

    It gets the `given` settings and no others, by default those of our environment, passwords included;
    `OF_THIS_MACHINE` either way. `names` are the variables of SPARK_DRIVER_ENVIRONMENT.
    """
    settings = SETTINGS.keys() if given is None else OF_THIS_MACHINE
    return (
        child_environment(given, names=settings | frozenset(names).union(*CLUSTER_NAMES.values()))
        | _import_path()
    )


def shell_tmpdir() -> str:
    """The shell's TMPDIR; empty if it is not set."""
    return os.environ.get("TMPDIR", "")


def given_in_environment(names: Iterable[str]) -> dict[str, str]:
    """Those of these settings that the environment has, with their values; no secrets, in order of names."""
    return {name: os.environ[name] for name in sorted({*names} - SECRETS) if os.environ.get(name)}


def forget_other_sparks() -> None:
    """Remove from our own environment what is meant for another Spark.

    PySpark asks for such variables whenever it is called (SPARK_REMOTE turns a session into a client of
    Spark Connect), so they must not come back while a session lives.
    """
    for name in os.environ.keys() - SETTINGS.keys():
        if name.startswith(("SPARK_", "PYSPARK_")):
            del os.environ[name]


def _import_path() -> dict[str, str]:
    """PYTHONPATH with the folder that this kit comes from, where it comes from there; nothing else of it."""
    ours = Path(__file__).resolve().parents[2]
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return {"PYTHONPATH": str(ours)} if any(Path(each).resolve() == ours for each in given if each) else {}
