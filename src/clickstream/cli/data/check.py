"""`clickstream check`: is every landed row right?"""

import typer

from clickstream.cli.parameters import AsJson, DemoFolder, OfDemo, ReportFile, settings_of
from clickstream.cli.printing.stages import stages
from clickstream.cli.printing.terminal import show, show_json, tell
from clickstream.cli.report_file import refuse_unwritable, write_report_file
from clickstream.errors import ClickstreamError

_DEMO_AGAIN = "Run the demo again: `clickstream demo`."


def check(
    as_json: AsJson = False,
    of_demo: OfDemo = False,
    folder: DemoFolder = None,
    report: ReportFile = None,
) -> None:
    """Recompute every landed row and compare: PASS or FAIL.

    Starts the embedded broker temporarily if it is not running. Exit 0: no differences, 1: differences, 3:
    could not check. With --report, writes an HTML page in each of these cases.

    Example: clickstream check --json
    """
    from clickstream.clock import SystemClock
    from clickstream.contract.run.layout import ways_out
    from clickstream.operate.parts.differences import writes_elsewhere
    from clickstream.pipeline.run import layout_of
    from clickstream.pipeline.verify.verify import verify_run
    from clickstream.report.commands import pasteable
    from clickstream.report.verdict import as_json as json_report
    from clickstream.report.verdict import as_text as text_report

    refuse_unwritable(report)
    settings = None
    try:
        settings = settings_of(of_demo=of_demo, folder=folder)
        if elsewhere := writes_elsewhere(settings):
            tell(elsewhere)
        with stages() as on_stage:
            verdict = verify_run(
                settings, clock=SystemClock(), on_stage=on_stage, on_download=on_stage.download
            )
    except ClickstreamError as error:
        if as_json:
            show_json(json_report.could_not_check(error))
        if settings is not None:
            write_report_file(report, settings, of_demo=of_demo, folder=folder, error=error)
        raise
    write_report_file(report, settings, of_demo=of_demo, folder=folder, verdict=verdict)
    if as_json:
        show_json(json_report.verdict(verdict))
    else:
        advice = _DEMO_AGAIN if of_demo else ways_out(layout_of(settings.paths))
        show(text_report.verdict(verdict, pasteable(advice)))
    raise typer.Exit(0 if verdict.passed else 1)
