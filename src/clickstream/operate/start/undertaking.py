"""One call of a verb that starts parts: what it works with, and what it undoes where it fails."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from clickstream.clock import Clock
from clickstream.contract.stages import timed
from clickstream.contract.status import PartState
from clickstream.errors import EnvironmentNotReady, PartDidNotStart, UsageError
from clickstream.operate.parts.ends import end_of_part
from clickstream.operate.parts.names import stop_part
from clickstream.operate.parts.used_settings import flags_in, used_by, values_for
from clickstream.pipeline.broker_access import Stage
from clickstream.pipeline.heartbeat import PRODUCER, STREAM, end_of
from clickstream.runtime.java.jars import Progress
from clickstream.runtime.processes.interrupts import interrupts_deferred
from clickstream.runtime.processes.started import StartedProcess, spawn_detached
from clickstream.settings import Settings, kit_environment, project_folder

READY_DEADLINE_S = 180.0
_POLL_S = 0.2
_AWAITED = {
    PRODUCER: "the producer's first acknowledged records",
    STREAM: "the job: its JVM, then a batch of every query",
}
_REFUSALS = (UsageError.exit_code, EnvironmentNotReady.exit_code)


@dataclass(frozen=True, slots=True)
class Undertaking:
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
        return self.noted(started), True

    def noted(self, started: StartedProcess) -> StartedProcess:
        """Write down a part that was started just now, with the settings that it was started with."""
        values = values_for(self.settings, flags_in(started.command))
        used = used_by(started.name, values)
        part = replace(started, settings={name: values[name] for name in values if name in used})
        part.save(self.state)
        return part

    def answered(self, part: StartedProcess, answer: Callable[[], str]) -> str:
        """Wait until a part has an answer, and say for what and how long.

        Raises:
            PartDidNotStart: it ended, with its own error, next step and exit code where it left them; or it
                gave no answer in time, with the lines that it has logged since it started.
        """
        with timed(self.on_stage, self.clock, f"wait for {_AWAITED.get(part.name, part.name)}") as reached:
            given = self._waited_for(part, answer)
            reached(f"{part.name}: {given}")
        return given

    def _waited_for(self, part: StartedProcess, answer: Callable[[], str]) -> str:
        deadline_s = self.clock.monotonic_s() + READY_DEADLINE_S
        while not (given := answer()):
            if not part.is_running():
                raise self._ended(part)
            if self.clock.monotonic_s() >= deadline_s:
                raise PartDidNotStart(
                    f"{part.name} gave no sign of work within {READY_DEADLINE_S:g} s.",
                    next_step=f"See {part.log}.",
                    details=part.last_lines(),
                )
            self.clock.sleep(_POLL_S)
        return given

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
        """Stop what this call started; a part that ran before stays written down, to start as it was."""
        written = StartedProcess.load(started.name, self.state) or started
        stop_part(written, self.state, self.on_stage, then="Look at it with `clickstream status`.")
        if not keep:
            started.forget(self.state)
