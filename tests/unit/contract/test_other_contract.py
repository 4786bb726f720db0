"""A run of another contract is refused before its terms are read, with the difference in words."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from clickstream.contract.description import describe, difference, hash_of
from clickstream.contract.event import EVENT_FIELDS, EventField, JsonType
from clickstream.contract.layout import Layout
from clickstream.contract.rejection import REASONS
from clickstream.contract.run_file import (
    OtherContract,
    UnusableTerms,
    read_checkpoint_terms,
    read_terms,
    written_tables,
)
from clickstream.contract.tables import CONTRACT_VERSION, TABLES, Column, ColumnType, Table
from clickstream.contract.terms import RunTerms

TERMS = RunTerms("r", "events", "", "earliest", 1, 1, 1, 0, 1)
PROMO = EventField("promo", JsonType.STRING)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "output" / "default", tmp_path / "checkpoint" / "default")
    layout.output_terms_path().parent.mkdir(parents=True)
    return layout


def with_column(table: Table) -> Table:
    return replace(table, columns=(*table.columns, Column("promo", ColumnType.STRING)))


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (describe(fields=EVENT_FIELDS[:-1]), "lacks field revenue"),
        (describe(fields=(*EVENT_FIELDS, PROMO)), "has field promo, unknown here"),
        (
            describe(fields=(replace(EVENT_FIELDS[0], type=JsonType.NUMBER), *EVENT_FIELDS[1:])),
            "has field event_time as number, now string",
        ),
        (describe(fields=(*EVENT_FIELDS[1:], EVENT_FIELDS[0])), "another order"),
        (describe(tables=TABLES[:-1]), "lacks table sessions"),
        (
            describe(tables=(*TABLES[:-1], with_column(TABLES[-1]))),
            "has column promo of table sessions, unknown here",
        ),
        (
            describe(tables=(replace(TABLES[0], query="events_raw"), *TABLES[1:])),
            "has the query of table events_raw as events_raw, now events",
        ),
        (describe(reasons=REASONS[1:]), "lacks reason empty"),
        (describe(version=1), f"has the version of the rules as 1, now {CONTRACT_VERSION}"),
    ],
)
def test_every_difference_of_a_contract_changes_its_hash_and_is_said_in_words(theirs, said: str) -> None:
    assert hash_of(theirs) != hash_of(describe())
    assert said in difference(theirs, describe())


def test_a_table_that_is_new_is_named_once_without_its_columns() -> None:
    assert difference(describe(tables=TABLES[:-1]), describe()).count("sessions") == 1


@pytest.mark.parametrize("terms", [{}, {"page_window_ms": "one minute"}, {"of_another": "form"}])
def test_the_contract_is_compared_before_the_terms(layout: Layout, terms: dict[str, object]) -> None:
    other = describe(fields=EVENT_FIELDS[:-1])
    content = {"contract_hash": hash_of(other), "run_id": "r", **terms, "contract": other}
    layout.output_terms_path().write_text(json.dumps(content))
    with pytest.raises(OtherContract, match="lacks field revenue") as refused:
        read_terms(layout)
    assert "RUN_ID" in refused.value.next_step
    assert "clickstream reset" in refused.value.next_step


@pytest.mark.parametrize(
    "content",
    [
        {"run_id": "r", "contract_version": 1},
        {"run_id": "r", "contract_hash": "0" * 64, "contract": {"fields": 7}},
        {"run_id": "r", "contract_hash": "0" * 64, "contract": []},
    ],
)
def test_a_contract_that_is_not_described_is_another_one(layout: Layout, content: dict[str, object]) -> None:
    layout.output_terms_path().write_text(json.dumps(content))
    with pytest.raises(OtherContract):
        read_terms(layout)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "7", '{"run_id": "x"', "[" * 20_000])
def test_a_file_that_is_not_a_runs_is_said_to_be_unusable(layout: Layout, text: str) -> None:
    layout.output_terms_path().write_text(text)
    with pytest.raises(UnusableTerms, match=r"run\.json does not hold the terms of a run"):
        read_terms(layout)


def test_terms_are_read_back_and_a_missing_file_is_no_run(layout: Layout) -> None:
    layout.output_terms_path().write_text(TERMS.to_json())
    assert read_terms(layout) == TERMS
    assert read_checkpoint_terms(layout) is None


def test_the_tables_of_another_contract_are_known_and_lead_nowhere_else(layout: Layout) -> None:
    odd = replace(TABLES[0], name="../../home", query="gone")
    gone = replace(TABLES[0], name="gone", query="gone")
    layout.output_terms_path().write_text(TERMS.to_json(describe(tables=(*TABLES, gone, odd))))
    assert written_tables(layout) == {table.name: table.query for table in (*TABLES, gone)}


def test_what_a_run_json_says_does_not_act_on_a_terminal(layout: Layout) -> None:
    for content in (
        {"run_id": "x", "contract_hash": "\x1b[2J\ud800", "contract": describe()},
        {"\x1b[2J": 1},
    ):
        layout.output_terms_path().write_text(json.dumps(content))
        with pytest.raises(UnusableTerms) as refused:
            read_terms(layout)
        assert refused.value.sentence.isprintable()
        assert "\\x1b[2J" in refused.value.sentence
