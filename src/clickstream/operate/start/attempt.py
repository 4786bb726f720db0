"""One attempt to start parts: what it works with, and what it undoes if it fails."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from clickstream.clock import Clock
from clickstream.contract.part_names import PRODUCER, STREAM
from clickstream.contract.progress import RunningPart
from clickstream.contract.stages import Stage, timed
from clickstream.contract.status import PartState
from clickstream.errors import EnvironmentNotReady, PartDidNotStart, UsageError
from clickstream.operate.parts.control import stop_part
from clickstream.operate.parts.ends import end_of_part
from clickstream.operate.parts.used_settings import flags_in, values_for, way_of
from clickstream.pipeline.broker_access import JvmParts, jvm_parts
from clickstream.pipeline.heartbeat import end_of, last_heartbeat
from clickstream.runtime.java.jars import Progress
from clickstream.runtime.processes.deferred_interrupts import interrupts_deferred
from clickstream.runtime.processes.started import StartedProcess, spawn_detached
from clickstream.settings import Settings, kit_environment, project_folder

Work = Callable[[Mapping[str, Any]], str]
"""What a part has done, in words, by its heartbeat; empty if that does not show that it works."""

READY_DEADLINE_S = 180.0
_POLL_S = 0.2
_AWAITED = {
    PRODUCER: "the producer's first acknowledged records",
    STREAM: "the job: its JVM, then a batch of every query",
}
_REFUSALS = (UsageError.exit_code, EnvironmentNotReady.exit_code)


@dataclass(frozen=True, slots=True)
class StartAttempt:
    """Starts parts; what it started is stopped again unless `undo` is emptied before it is closed."""

    settings: Settings
    clock: Clock
    on_stage: Stage
    on_download: Progress
    undo: ExitStack = field(default_factory=ExitStack)

    @property
    def state(self) -> Path:
        """The state folder, absolute."""
        return self.settings.paths.state.absolute()

    def jvm_parts(self, lock_name: str) -> JvmParts:
        """Java and the jars of a lock."""
        return jvm_parts(self.settings, lock_name, self.on_download)

    def ensured(self, name: str, command: tuple[str, ...]) -> tuple[StartedProcess, bool]:
        """The part that an earlier call started, or a new one; and whether it is new."""
        earlier = StartedProcess.load(name, self.state)
        if earlier is not None and earlier.is_running():
            if not earlier.stopping:
                return earlier, False
            self.wait_for_the_end_of(earlier)
        with interrupts_deferred():
            started = spawn_detached(
                name,
                command,
                log=self.state / "logs" / f"{name}.log",
                cwd=project_folder(),
                env=kit_environment(names=self.settings.stream.driver_environment_names),
            )
            self.undo.callback(self._stop_again, started, keep=earlier is not None)
        return self.recorded(started), True

    def recorded(self, started: StartedProcess) -> StartedProcess:
        """Record a part that was started just now, with the settings that it was started with."""
        values = values_for(started.name, self.settings, flags_in(started.command))
        part = replace(started, settings=values)
        part.save(self.state)
        return part

    def working(
        self, part: StartedProcess, work: Work, *, is_new: bool, said_before: Mapping[str, Any] | None = None
    ) -> RunningPart:
        """Wait until a part shows that it works, by another heartbeat than `said_before`."""
        with timed(self.on_stage, self.clock, f"wait for {_AWAITED[part.name]}") as reached:
            done = self._waited_for(part, work, said_before)
            reached(f"{part.name}: {done}")
        return RunningPart(part.name, way_of(part, self.settings), part.pid, part.log, done, is_new)

    def _waited_for(self, part: StartedProcess, work: Work, said_before: Mapping[str, Any] | None) -> str:
        deadline_s = self.clock.monotonic_s() + READY_DEADLINE_S
        while True:
            said = last_heartbeat(self.state, part.name, part.pid)
            if said != said_before and (done := work(said)):
                return done
            if not part.is_running():
                raise self._ended(part)
            if self.clock.monotonic_s() >= deadline_s:
                raise PartDidNotStart(
                    f"{part.name} was not ready within {READY_DEADLINE_S:g} s.",
                    next_step=f"See {part.log}.",
                    details=part.last_lines(),
                )
            self.clock.sleep(_POLL_S)

    def _ended(self, part: StartedProcess) -> PartDidNotStart:
        end = end_of(self.state, part.name, part.pid)
        if end is None or not end.why:
            ended = end_of_part(part, self.state)
            killed = "killed " if ended.state is PartState.KILLED else ""
            return PartDidNotStart(
                f"{part.name} ended before it was ready: {killed}{ended.why}.",
                next_step=f"See {part.log}.",
                details=part.last_lines(),
            )
        return PartDidNotStart(
            f"{part.name} did not start: {end.why}",
            next_step=end.next_step or f"See {part.log}.",
            # A refusal says it all; what else ended the part may be explained by what it said before.
            details=() if end.exit_code in _REFUSALS else part.last_lines(),
            exit_code=end.exit_code,
        )

    def wait_for_the_end_of(self, part: StartedProcess) -> None:
        """Let a part end that an interrupted command has asked to stop."""
        stop_part(part, self.state, self.on_stage, then="Call `clickstream up` again.")

    def _stop_again(self, started: StartedProcess, *, keep: bool) -> None:
        """Stop what this call started; a part that ran before stays recorded, to start as it was."""
        recorded = StartedProcess.load(started.name, self.state) or started
        stop_part(recorded, self.state, self.on_stage, then="Look at it with `clickstream status`.")
        if not keep:
            started.forget(self.state)
