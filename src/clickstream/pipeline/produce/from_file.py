"""File to broker: what `produce --from` sends, at which pace, and where it continues."""

from collections.abc import Callable, Collection
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from clickstream.broker.topics import describe_topic
from clickstream.clock import Clock
from clickstream.contract.ledger import SentFile
from clickstream.contract.progress import DeliveryCounts
from clickstream.errors import InputBroken, SettingInvalid, UsageError
from clickstream.generate.from_file.faults import RATES, of_file
from clickstream.generate.from_file.opening import STDIN, open_input
from clickstream.generate.from_file.stream import FileStream
from clickstream.pipeline.produce.already_sent import described, newest_ledger, refuse_other, sent_of
from clickstream.pipeline.produce.sending import Delivery, FileInput, ProducePlan, send
from clickstream.pipeline.run import layout_of
from clickstream.settings import BrokerSettings, GeneratorSettings, Settings

_OF_FILES = ("--pace", "--again")
_OF_GENERATED = ("--start-time", "--duration", "--producers", "--uniform", "--live")
_EVENT_TIME = "event-time"
_FASTEST = 1_000_000


def refuse_options(given: Collection[str], *, with_file: bool) -> None:
    """Refuse options of generated events with `--from`, and those of files without it."""
    wrong = next((name for name in given if name in (_OF_GENERATED if with_file else _OF_FILES)), "")
    if wrong and with_file:
        raise UsageError(
            f"{wrong} is for generated events, and --from sends those of a file.",
            next_step=f"Leave out {wrong} or --from.",
        )
    if wrong:
        raise UsageError(
            f"{wrong} is for events of a file, and --from is not given.",
            next_step=f"Add --from FILE, or leave out {wrong}.",
        )


def plan_of_file(
    settings: Settings,
    file: str,
    *,
    count: int | None,
    skip: int,
    pace: str | None,
    at_rate: bool,
    again: bool,
) -> ProducePlan:
    """Decide what `produce --from` does; opens the file, and reads its header.

    Args:
        settings: the pipeline, whose event the rows are.
        file: its path, or `-` for standard input.
        count: how many messages, None for all.
        skip: how many are left out first.
        pace: `event-time`, or with a speed `event-time:10`.
        at_rate: send MSGS_PER_SEC, instead of as fast as the broker takes it.
        again: begin with the first message, even if it was sent before.
    """
    if pace is not None and at_rate:
        raise UsageError(
            "--pace and --rate both set the pace.",
            next_step="Leave out --pace to send at a rate, or --rate to keep the pace of the events.",
        )
    speed = None if pace is None else _speed(pace)
    source = FileInput(file, open_input(file, settings.pipeline.event), speed, again)
    return ProducePlan(count=count, live=at_rate or speed is not None, first=skip, source=source)


def send_file(
    broker: BrokerSettings,
    settings: Settings,
    plan: ProducePlan,
    source: FileInput,
    *,
    clock: Clock,
    stop_requested: Callable[[], bool],
    on_ack: Callable[[str], None],
    on_counts: Callable[[DeliveryCounts], None],
    on_note: Callable[[str], None],
) -> Delivery:
    """Send the messages of a file that were not sent before, to a topic that exists."""
    stream = stream_of_file(settings, source, clock)
    file, first = SentFile(STDIN), plan.first
    if source.file == STDIN:
        on_note("Standard input cannot be resumed: to continue, send the rest, or add --skip.")
    else:
        file = replace(described(Path(source.file)), terms=_terms(settings, first))
        file = _after(file, broker, settings, plan, source, clock)
    try:
        first = stream.pass_over(first, file.sent)
        if file.sent:
            on_note(_continued(source.file, first, ended=stream.available(first, 1) is None))
        return send(
            broker,
            settings,
            stream,
            replace(plan, first=first),
            clock=clock,
            stop_requested=stop_requested,
            on_ack=on_ack,
            on_counts=on_counts,
            file=file,
        )
    except InputBroken as error:
        options = "" if source.file == STDIN else "--again "
        error.next_step = (
            f"Fix it and run the same command again with {options}--skip {stream.end}: "
            "what comes before is in the topic."
        )
        raise


def _after(
    file: SentFile,
    broker: BrokerSettings,
    settings: Settings,
    plan: ProducePlan,
    source: FileInput,
    clock: Clock,
) -> SentFile:
    """The file with what earlier producers sent of it."""
    ledgers = layout_of(settings.paths).sent_dir()
    found = newest_ledger(ledgers, file.path, describe_topic(broker), clock)
    if found is None or source.again:
        return file
    before, ledger = found
    refuse_other(Path(source.file), file, before)

    def open_again() -> FileStream:
        again = open_input(source.file, settings.pipeline.event)
        return stream_of_file(settings, replace(source, messages=again), clock)

    return replace(file, sent=sent_of(ledger, before, broker, open_again, plan.first))


def _continued(name: str, place: int, *, ended: bool) -> str:
    if ended:
        return f"All {place:,} messages of {name} were sent before. Add --again to send them again."
    return f"Continues after message {place:,} of {name}: those before it were sent before."


def stream_of_file(settings: Settings, source: FileInput, clock: Clock) -> FileStream:
    """The records of a file."""
    return FileStream(
        source.messages,
        settings.pipeline.event,
        of_file(settings.generator),
        settings.broker.partitions,
        now_ms=lambda: int(clock.now().timestamp() * 1_000),
        speed=source.speed,
    )


def _terms(settings: Settings, skip: int) -> dict[str, str]:
    """The settings that decide about the bytes and the partitions of the records."""
    generator = of_file(settings.generator)
    terms = {"--skip": str(skip), "KAFKA_PARTITIONS": str(settings.broker.partitions)}
    names = ["key", *RATES]
    if any(getattr(generator, name) for name in RATES):
        names += ["seed", "late_s", "future_s"]
    return terms | {_name(field): str(getattr(generator, field)) for field in names}


def _name(field: str) -> str:
    return str(GeneratorSettings.model_fields[field].alias)


def _speed(pace: str) -> Fraction:
    name, _, text = pace.partition(":")
    try:
        speed = Fraction(text or 1)
    except (ValueError, ZeroDivisionError):
        speed = Fraction(0)
    if name != _EVENT_TIME or (not text and ":" in pace) or not 0 < speed <= _FASTEST:
        raise SettingInvalid(
            "--pace",
            pace,
            f"{_EVENT_TIME}, or with a speed above 0 and up to {_FASTEST:,} {_EVENT_TIME}:10",
            source="flag",
        )
    return speed
