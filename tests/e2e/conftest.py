"""A project folder of its own for each story, and the command line called as a user calls it."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

import backend_under_test
from clickstream.clock import SystemClock
from clickstream.pipeline.broker_access import jvm_parts, owned_broker, redpanda
from clickstream.runtime.java.jars import KAFKA
from clickstream.runtime.kafka.docker import ask_engine
from clickstream.settings import OF_THIS_MACHINE, SETTINGS, load

COMMAND_DEADLINE_S = 300
LONGEST_FIRST = (
    "test_tour.py",
    "test_up_down.py",
    "test_recovery.py",
    "test_operations.py",
    "test_demo.py",
    "test_own_pipeline.py",
    "test_kill_and_resume.py",
    "test_spark_cluster.py",
    "test_refusals.py",
    "test_transactions.py",
)
"""Of two files at a time, the last must not be a long one; others follow in the order of their names."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first; skip, with a sentence, what was to run on Redpanda where no engine answers."""
    items.sort(key=lambda item: [*LONGEST_FIRST, item.path.name].index(item.path.name))
    if backend_under_test.BACKEND != "redpanda":
        return
    engine = ask_engine()
    if not engine.ready:
        for item in items:
            item.add_marker(pytest.mark.skip(f"Redpanda runs in a container, and {engine.reason}"))


@dataclass
class Kit:
    """One project: a folder, its settings, and `clickstream` run in it."""

    folder: Path
    settings: dict[str, str] = field(default_factory=lambda: dict(backend_under_test.SETTINGS))

    def environment(self) -> dict[str, str]:
        other = SETTINGS.keys() - OF_THIS_MACHINE
        kept = {name: value for name, value in os.environ.items() if name not in other}
        return {**kept, **self.settings}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "clickstream", *arguments]

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; whatever it says, it never shows a traceback."""
        ended = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment() | settings,
            capture_output=True,
            text=True,
            timeout=COMMAND_DEADLINE_S,
            check=False,
        )
        assert "Traceback" not in ended.stdout + ended.stderr, ended.stderr
        return ended

    def done(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command that must end well."""
        ended = self.run(*arguments, **settings)
        assert ended.returncode == 0, f"{arguments}: exit {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        return ended

    def pasted(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line as a user who pastes it into a shell in this folder."""
        return subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=COMMAND_DEADLINE_S,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and return at once; its output goes to `<folder>/started.log`."""
        with (self.folder / "started.log").open("a") as log:
            return subprocess.Popen(
                self.command(*arguments),
                cwd=self.folder,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def wait_until(self, holds: Callable[[], Any], what: str, deadline_s: float = 120) -> Any:
        """The first true answer of `holds`; fails with `what` when the deadline passes without one."""
        clock = SystemClock()
        end_s = clock.monotonic_s() + deadline_s
        while not (answer := holds()):
            assert clock.monotonic_s() < end_s, f"not within {deadline_s} s: {what}\n{self.log()}"
            clock.sleep(0.05)
        return answer

    def log(self) -> str:
        """What the started commands have said so far."""
        log = self.folder / "started.log"
        return log.read_text() if log.exists() else ""

    def records(self) -> list[Path]:
        """The batch records that have landed."""
        return sorted((self.folder / "data/output/default/_landed").glob("*/[0-9]*.json"))

    def verdict(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Exit code and JSON of `check`."""
        ended = self.run("check", "--json", *arguments)
        return ended.returncode, json.loads(ended.stdout)

    def processes(self) -> list[psutil.Process]:
        """Everything alive that runs in this folder or names it on its command line."""
        found = []
        for process in psutil.process_iter():
            try:
                words = " ".join(process.cmdline())
                if process.pid != os.getpid() and (
                    str(self.folder) in words or Path(process.cwd()).is_relative_to(self.folder)
                ):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found


def project_in(folder: Path) -> Iterator[Kit]:
    """A project in a folder of its own; whatever still runs in it at the end is ended."""
    folder.mkdir()
    project = Kit(folder)
    yield project
    for process in project.processes():
        process.kill()
    if (folder / ".clickstream" / "redpanda").exists():
        project.done("down", "--volumes")


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    """A project of one story."""
    yield from project_in(tmp_path / "project")


@pytest.fixture(scope="module")
def module_kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    """A project that all stories of a module share."""
    yield from project_in(tmp_path_factory.mktemp("shared") / "project")


@pytest.fixture
def another_kit(tmp_path: Path) -> Iterator[Kit]:
    """A second project beside the first."""
    yield from project_in(tmp_path / "another")


@pytest.fixture(scope="session")
def start_broker() -> Callable[[Path], AbstractContextManager[str]]:
    """Starts a broker on a state folder for a block; its address."""

    @contextmanager
    def start(state: Path) -> Iterator[str]:
        settings, _ = load(
            {"STATE_PATH": state, "EMBEDDED_KAFKA_PORT": 0, "REDPANDA_PORT": 0}, dotenv=Path("none")
        )
        if backend_under_test.BACKEND == "redpanda":
            container = redpanda(settings, SystemClock())
            address = container.start().address
            try:
                yield address
            finally:
                container.stop(volumes=True)
            return
        kafka = jvm_parts(settings, KAFKA)
        with owned_broker(settings, kafka, SystemClock()) as broker:
            yield broker.bootstrap_servers

    return start


@pytest.fixture(scope="session")
def bootstrap_servers(start_broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an embedded broker that all stories of the session may share."""
    with start_broker(tmp_path_factory.mktemp("broker")) as address:
        yield address


@pytest.fixture
def topic() -> str:
    """The name of a topic that no other story uses."""
    return f"e2e-{uuid.uuid4().hex[:12]}"
