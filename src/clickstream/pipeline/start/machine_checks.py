"""What a start asks of the machine, before it starts anything; `doctor` reports the same findings."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from clickstream.clock import Clock
from clickstream.contract.diagnosis import Diagnosis, Health
from clickstream.errors import MachineNotReady
from clickstream.pipeline.run import folders_of
from clickstream.runtime.java.jars import cache_folder
from clickstream.runtime.machine.clock_loopback_user import diagnose_clock, diagnose_loopback, diagnose_user
from clickstream.runtime.machine.path_names import NamedFolder, diagnose_names, folders_of_this_machine
from clickstream.runtime.machine.process_limits import diagnose_limits, raise_open_files
from clickstream.runtime.machine.resources import diagnose_folder, diagnose_memory
from clickstream.runtime.machine.temporary_folder import diagnose_temporary
from clickstream.settings import Settings, shell_tmpdir


def machine_findings(settings: Settings, heaps: Sequence[str], clock: Clock) -> Iterator[Diagnosis]:
    """A finding for each thing of the machine that JVMs with these largest heaps need."""
    yield from diagnose_names([*folders_of_this_machine(), *_folders(settings)])
    yield from diagnose_limits(settings.broker.partitions)
    yield diagnose_user(os.getuid())
    yield diagnose_temporary(settings.paths.state, shell_tmpdir())
    yield diagnose_loopback()
    yield diagnose_clock(clock.now())
    yield diagnose_memory(heaps)


def refuse_machine(
    settings: Settings,
    heaps: Sequence[str],
    clock: Clock,
    on_stage: Callable[[str], None],
    findings: Callable[[Settings, Sequence[str], Clock], Iterator[Diagnosis]] = machine_findings,
) -> None:
    """Return only if JVMs can start on this machine; prints what may be too little.

    Raises the soft limit of open files as far as it is allowed, for this process and its children.

    Raises:
        MachineNotReady: something is missing; with the value found, the value needed, and a command.
    """
    raise_open_files(settings.broker.partitions)
    for found in findings(settings, heaps, clock):
        if found.health is Health.PROBLEM:
            raise MachineNotReady(found.sentence, next_step=found.fix)
        if found.health is Health.WARNING:
            on_stage(f"warning: {found.sentence} → {found.fix}")
    for full in nearly_full(settings):
        on_stage(f"warning: {full.sentence} → {full.fix}")


def nearly_full(
    settings: Settings, diagnose: Callable[[str, Path], Diagnosis] = diagnose_folder
) -> Iterator[Diagnosis]:
    """The folders on a disk that is nearly full: a short run may fit, so that it is only a warning."""
    for setting, folder in folders_of(settings.paths).items():
        found = diagnose(setting, folder)
        if found.subject == "disk" and found.health is Health.PROBLEM:
            yield found


def _folders(settings: Settings) -> tuple[NamedFolder, ...]:
    paths = settings.paths
    return (
        NamedFolder("OUTPUT_PATH", paths.output.absolute()),
        NamedFolder("CHECKPOINT_PATH", paths.checkpoint.absolute()),
        NamedFolder("STATE_PATH", paths.state.absolute()),
        NamedFolder("CACHE_PATH", cache_folder(paths.cache), on_class_path=True),
    )
