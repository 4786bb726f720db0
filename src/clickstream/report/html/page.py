"""A run's report as one HTML page: autoescaped, without scripts, with a strict content security policy."""

import base64
import hashlib
import re
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from clickstream.report.html.chart_geometry import LARGE, SMALL, drawing
from clickstream.report.plain_text import tame
from clickstream.report.run_report import Chart, RunReport
from clickstream.report.verdict.ledger import fault_rows
from clickstream.report.verdict.result import result_in_words

_PACKAGE = "clickstream.report.html"
_CHARTS_KEPT = 32
_CODE = re.compile(r"`([^`]+)`")


def page(report: RunReport, *, refresh_s: int | None = None, live: bool = False) -> str:
    """The whole page.

    Args:
        report: what it says.
        refresh_s: after how many seconds a browser asks for it again; None for never.
        live: whether it is served, and so has a link that stops or starts the refreshing.
    """
    return (
        environment()
        .get_template("page.html.jinja")
        .render(
            report=report,
            charts=[_drawn(chart) for chart in report.charts],
            faults=list(fault_rows(ledger)) if (ledger := report.verdict and report.verdict.ledger) else [],
            landed=[_drawn(table.landed, SMALL, table.table) for table in report.tables],
            style=Markup(style()),  # noqa: S704 - a file of this package
            policy=policy(),
            refresh_s=refresh_s,
            live=live,
        )
    )


@lru_cache(maxsize=_CHARTS_KEPT)
def _drawn(chart: Chart, size: tuple[int, int] = LARGE, name: str = "") -> Markup:
    """A chart as it is on the page; a live page draws only those that have changed."""
    template = vars(environment().get_template("chart.html.jinja").module)
    drawn: Markup = template["chart"](chart, drawing(chart, size), name)
    return drawn


@cache
def style() -> str:
    """The style sheet that every page has inline."""
    return files(_PACKAGE).joinpath("templates", "style.css").read_text(encoding="utf-8")


@cache
def policy() -> str:
    """The content security policy of a page: its own style, known by its hash, and nothing else."""
    style_hash = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'"


@cache
def environment() -> Environment:
    """What draws the templates: autoescaped, without control characters."""
    made = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_without_control_characters,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["result_in_words"] = result_in_words
    made.filters |= {
        "count": _count,
        "moment": _moment,
        "prose": _prose,
    }
    return made


def _without_control_characters(value: object) -> object:
    return tame(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _prose(text: str) -> Markup:
    """A sentence, with what is between backticks as code."""
    parts = _CODE.split(tame(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
