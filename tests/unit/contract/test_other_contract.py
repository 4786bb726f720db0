"""A run of another contract is refused before its terms are read, with the difference in words."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from clickstream.clicks import CLICKS
from clickstream.clicks.event import CLICK
from clickstream.clicks.tables import TABLES
from clickstream.contract.definition.description import describe, difference, hash_of
from clickstream.contract.definition.event import EventField, JsonType
from clickstream.contract.definition.tables import RULES_VERSION, Column, ColumnType, Kind, Table
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.run_file import (
    OtherContract,
    UnusableTerms,
    read_checkpoint_terms,
    read_terms,
    written_tables,
)
from clickstream.contract.run.terms import RunTerms

WINDOWS_MS = dict.fromkeys(("page_metrics", "geo_metrics", "sessions"), 1)

TERMS = RunTerms("r", "events", "", "earliest", WINDOWS_MS, 0, 1)
PROMO = EventField("promo", JsonType.STRING)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "output" / "default", tmp_path / "checkpoint" / "default")
    layout.output_terms_path().parent.mkdir(parents=True)
    return layout


def with_column(table: Table) -> Table:
    return replace(table, columns=(*table.columns, Column("promo", ColumnType.STRING)))


OURS = describe(CLICKS)


def with_fields(*fields: EventField) -> dict[str, object]:
    return describe(replace(CLICKS, event=replace(CLICK, fields=fields)))


def with_tables(*tables: Table) -> dict[str, object]:
    return describe(replace(CLICKS, tables=tables))


def without(part: str) -> dict[str, object]:
    return {**OURS, "parts": {name: value for name, value in OURS["parts"].items() if name != part}}


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (with_fields(*CLICK.fields[:-1]), "lacks field revenue"),
        (with_fields(*CLICK.fields, PROMO), "has field promo, unknown here"),
        (
            with_fields(*CLICK.fields[:-1], replace(CLICK.fields[-1], type=JsonType.STRING)),
            "has field revenue as string, now number",
        ),
        (with_fields(*CLICK.fields[1:], CLICK.fields[0]), "another order"),
        (
            with_fields(*(replace(field, default="") for field in CLICK.fields)),
            "has field event_type as string, now string, page_view if null",
        ),
        (with_tables(*TABLES[:-1]), "lacks table sessions"),
        (
            with_tables(*TABLES[:-1], with_column(TABLES[-1])),
            "has column promo of table sessions, unknown here",
        ),
        (
            with_tables(*TABLES[:-1], replace(TABLES[-1], kind=Kind.TUMBLING)),
            "the kind of table sessions as tumbling, now session",
        ),
        (
            with_tables(*TABLES[:-1], replace(TABLES[-1], length=TABLES[-2].length)),
            "the window of table sessions as GEO_WINDOW, now SESSION_WINDOW",
        ),
        (without("reason empty"), "lacks reason empty"),
        (describe(CLICKS, version=1), f"has the version of the rules as 1, now {RULES_VERSION}"),
    ],
)
def test_every_difference_of_a_contract_changes_its_hash_and_is_said_in_words(theirs, said: str) -> None:
    assert hash_of(theirs) != hash_of(OURS)
    assert said in difference(theirs, OURS)


def test_a_table_that_is_new_is_named_once_without_its_columns() -> None:
    assert difference(with_tables(*TABLES[:-1]), OURS).count("sessions") == 1


@pytest.mark.parametrize("terms", [{}, {"windows_ms": "one minute"}, {"of_another": "form"}])
def test_the_contract_is_compared_before_the_terms(layout: Layout, terms: dict[str, object]) -> None:
    other = with_fields(*CLICK.fields[:-1])
    content = {"contract_hash": hash_of(other), "run_id": "r", **terms, "contract": other}
    layout.output_terms_path().write_text(json.dumps(content))
    with pytest.raises(OtherContract, match="lacks field revenue") as refused:
        read_terms(layout, CLICKS)
    assert "RUN_ID" in refused.value.next_step
    assert "clickstream reset" in refused.value.next_step


def test_a_run_of_another_pipeline_is_refused_by_both_names(layout: Layout) -> None:
    layout.output_terms_path().write_text(TERMS.to_json(describe(CLICKS)))
    with pytest.raises(OtherContract, match="the pipeline clicks, and PIPELINE is readings now") as refused:
        read_terms(layout, replace(CLICKS, name="readings"))
    assert refused.value.next_step.startswith("Set PIPELINE to the pipeline that wrote the run")
    assert "reset" not in refused.value.next_step


@pytest.mark.parametrize(
    "content",
    [
        {"run_id": "r"},
        {"run_id": "r", "contract_hash": "0" * 64, "contract": {"fields": 7}},
        {"run_id": "r", "contract_hash": "0" * 64, "contract": []},
    ],
)
def test_a_contract_that_is_not_described_is_another_one(layout: Layout, content: dict[str, object]) -> None:
    layout.output_terms_path().write_text(json.dumps(content))
    with pytest.raises(OtherContract):
        read_terms(layout, CLICKS)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "7", '{"run_id": "x"', "[" * 20_000])
def test_a_file_that_is_not_a_runs_is_said_to_be_unusable(layout: Layout, text: str) -> None:
    layout.output_terms_path().write_text(text)
    with pytest.raises(UnusableTerms, match=r"run\.json does not hold the terms of a run"):
        read_terms(layout, CLICKS)


def test_terms_are_read_back_and_a_missing_file_is_no_run(layout: Layout) -> None:
    layout.output_terms_path().write_text(TERMS.to_json(describe(CLICKS)))
    assert read_terms(layout, CLICKS) == TERMS
    assert read_checkpoint_terms(layout, CLICKS) is None


def test_the_tables_of_another_contract_are_known_and_lead_nowhere_else(layout: Layout) -> None:
    odd = replace(TABLES[0], name="../../home")
    gone = replace(TABLES[0], name="gone")
    layout.output_terms_path().write_text(TERMS.to_json(with_tables(*TABLES, gone, odd)))
    assert written_tables(layout, CLICKS) == {table.name: table.query for table in (*TABLES, gone)}


def test_what_a_run_json_says_does_not_act_on_a_terminal(layout: Layout) -> None:
    for content in (
        {"run_id": "x", "contract_hash": "\x1b[2J\ud800", "contract": OURS},
        {"\x1b[2J": 1},
    ):
        layout.output_terms_path().write_text(json.dumps(content))
        with pytest.raises(UnusableTerms) as refused:
            read_terms(layout, CLICKS)
        assert refused.value.sentence.isprintable()
        assert "\\x1b[2J" in refused.value.sentence
