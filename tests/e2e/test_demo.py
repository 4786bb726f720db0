"""The demo shows what can go wrong, ends in a verdict and repeats itself, and the check still bites."""

import hashlib
import json
import shutil
from dataclasses import replace

import polars as pl
import pytest

import clickstream
from clickstream.contract.run.batch_record import BatchRecord
from clickstream.contract.run.layout import Layout

HINTS = ("look at it   ", "check it     ", " " * 13)


@pytest.fixture(scope="module")
def shown(module_kit):
    """A demo that has run, and what it printed."""
    return module_kit, module_kit.done("demo")


def outcome(kit):
    """All of the verdict's figures but the time that they took."""
    code, verdict = kit.verdict("--demo")
    return code, {name: value for name, value in verdict.items() if name != "seconds_by_stage"}


def test_it_ends_with_pass_and_has_something_of_everything_in_it(shown):
    kit, demo = shown
    assert demo.stdout.splitlines()[-1].startswith("PASS")
    code, verdict = kit.verdict("--demo")
    assert (code, verdict["result"]) == (0, "pass")
    tables = {table["table"]: table for table in verdict["tables"]}
    assert all(table["rows_landed"] == table["rows_expected"] > 0 for table in tables.values())
    for windowed in ("page_metrics", "geo_metrics", "sessions"):
        assert tables[windowed]["open_windows"] > 0
        assert tables[windowed]["late_events_dropped"] > 0
    assert verdict["rejected"] == sum(verdict["reasons"].values()) > 0
    assert verdict["events"] + verdict["rejected"] == 20_000
    assert all(query["batches_with_offsets"] >= 5 for query in verdict["queries"])


def test_what_it_prints_to_call_next_works_as_it_is_printed(shown):
    kit, demo = shown
    printed = [line[13:] for line in demo.stdout.splitlines() if line[:13] in HINTS]
    assert [command.split(" --")[0].split()[-1].rpartition("/")[2] for command in printed] == [
        "page_metrics",
        "csv",
        "check",
    ]
    for command in printed:
        assert kit.pasted(command).returncode == 0, command


def test_what_was_sent_is_in_the_topic_and_landed_or_was_rejected(shown):
    kit, _ = shown
    ledger = kit.verdict("--demo")[1]["ledger"]
    assert (ledger["producers"], ledger["closed"], ledger["failed"]) == (1, 1, 0)
    assert ledger["produced"] == ledger["acknowledged"] == ledger["in_topic"] == ledger["committed"] == 20_000
    assert ledger["landed"] + ledger["rejected"] == 20_000
    faults = {account["fault"]: account for account in ledger["faults"]}
    malformed = [account["rejected"] for name, account in faults.items() if name.startswith("malformed:")]
    assert sum(malformed) == ledger["rejected"] > 0
    assert faults["late"]["late_dropped"]["page_metrics"] > 0


def test_its_report_has_the_verdict_and_every_chart_of_a_real_run(shown):
    kit, _ = shown
    report = json.loads(kit.done("report", "--demo", "--json").stdout)
    assert report["outcome"]["result"] == "pass"
    counts = {step["label"]: step["count"] for step in report["flow"]}
    assert counts["sent"] == counts["acknowledged"] == counts["read by the job"] == 20_000
    assert counts["landed"] + counts["rejected"] == 20_000
    batches = {query["query"]: query["batches"] for query in report["queries"]}
    charts = {
        chart["title"]: {
            series["name"]: [value for _, value in series["points"]] for series in chart["series"]
        }
        for chart in report["charts"]
    }
    for title in ("Records in each batch", "Duration of a batch", "Lag"):
        assert {name: len(values) for name, values in charts[title].items()} == batches
    assert all(values[-1] == 0 for values in charts["Lag"].values())
    assert (
        charts["Event time and watermark"]["newest event"][-1]
        > charts["Event time and watermark"]["watermark"][-1]
    )
    assert {name: sum(values) for name, values in charts["Late events dropped"].items()} == report["late"]
    assert all(table["newest"] for table in report["tables"])
    assert report["repeat"][0].endswith("clickstream demo")
    kit.done("report", "--demo", "--out", "demo.html")
    assert "PASS" in (kit.folder / "demo.html").read_text(encoding="utf-8")


def test_it_stops_what_it_started(shown):
    kit, _ = shown
    assert kit.processes() == []


@pytest.mark.thorough
def test_run_again_it_comes_to_the_same_figures(shown):
    kit, _ = shown
    before = outcome(kit)
    kit.done("demo")
    assert outcome(kit) == before


def test_a_damaged_run_is_replaced_by_the_command_that_its_start_suggests(shown, tmp_path):
    kit, _ = shown
    demo = kit.folder / "data/demo"
    shutil.copytree(demo / "output", tmp_path / "output")
    places = {
        "OUTPUT_PATH": str(tmp_path / "output"),
        "CHECKPOINT_PATH": str(demo / "checkpoints"),
        "STATE_PATH": str(demo / "state"),
    }
    before = clickstream.read("events_raw", tmp_path / "output/default").collect()
    damaged_file = a_file_of(tmp_path / "output/default", "events_raw", "parquet")
    damaged_file.unlink()
    # No broker runs: a damaged run is refused before one is looked for.
    start = kit.run("stream", "--available-now", **places)
    assert start.returncode == 2
    for words in (damaged_file.name, "clickstream replay --run-id default-replay", "clickstream reset"):
        assert words in start.stderr

    # The broker on its kept data is started for the replay alone.
    replay = kit.done("replay", "--run-id", "default-replay", **places)
    assert replay.stdout.splitlines()[-1].startswith("PASS")
    assert kit.processes() == []
    again = clickstream.read("events_raw", tmp_path / "output/default-replay").collect()
    place = ["kafka_partition", "kafka_offset"]
    assert again.sort(place).equals(before.sort(place))
    assert kit.run("replay", "--run-id", "default-replay", **places).returncode == 2


@pytest.fixture(scope="module")
def demo_broker(shown, start_broker):
    """The demo's broker on its kept data, once for the checks of all copies."""
    kit, _ = shown
    with start_broker(kit.folder / "data/demo/state") as address:
        yield address


@pytest.fixture
def damaged(shown, demo_broker, tmp_path):
    """The demo's output in a copy to damage, and the check of that copy."""
    kit, _ = shown
    output = tmp_path / "output"
    shutil.copytree(kit.folder / "data/demo/output", output)

    def command(*arguments):
        return kit.run(
            *arguments,
            OUTPUT_PATH=str(output),
            CHECKPOINT_PATH=str(kit.folder / "data/demo/checkpoints"),
            KAFKA_BOOTSTRAP_SERVERS=demo_broker,
        )

    def verdict():
        ended = command("check", "--json")
        return ended.returncode, json.loads(ended.stdout)

    verdict.in_words = lambda: command("check")
    return output / "default", verdict


def named_files(verdict):
    return {finding["file"] for finding in verdict["findings"]}


def a_file_of(output, table, file_format):
    return sorted((output / table / file_format).iterdir())[2]


def test_an_undamaged_copy_passes(damaged):
    _, check = damaged
    assert check()[0] == 0


def test_a_changed_value_is_found_even_where_its_record_was_made_to_fit(damaged):
    output, check = damaged
    file = a_file_of(output, "page_metrics", "parquet")
    rows = pl.read_parquet(file)
    rows.with_columns(pageviews=pl.col("pageviews") + (pl.int_range(pl.len()) == 3)).write_parquet(file)
    code, verdict = check()
    assert code == 1
    assert f"page_metrics/parquet/{file.name}" in named_files(verdict)

    # Whoever also corrects size and hash in the record is still found: by the row.
    layout = Layout(output, output)
    batch_id = int(file.name.split("-")[1])
    record = BatchRecord.from_json(layout.record_path("aggregates", batch_id).read_text())
    content = file.read_bytes()
    landed = record.tables["page_metrics"]
    forged = replace(landed.parquet[0], size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    forged_table = replace(landed, parquet=(forged,))
    record = replace(record, tables={**record.tables, "page_metrics": forged_table})
    layout.record_path("aggregates", batch_id).write_text(record.to_json())
    code, verdict = check()
    assert code == 1
    table = next(table for table in verdict["tables"] if table["table"] == "page_metrics")
    assert table["mismatches"]["different"] == 1
    assert table["examples"][0]["column"] == "pageviews"


def test_a_deleted_file_is_named(damaged):
    output, check = damaged
    file = a_file_of(output, "sessions", "parquet")
    file.unlink()
    code, verdict = check()
    assert code == 1
    assert f"sessions/parquet/{file.name}" in named_files(verdict)


@pytest.mark.thorough
def test_a_doubled_file_is_named(damaged):
    output, check = damaged
    file = a_file_of(output, "geo_metrics", "parquet")
    double = file.with_name(file.name.replace("-00000.", "-00001."))
    shutil.copy(file, double)
    code, verdict = check()
    assert code == 1
    assert f"geo_metrics/parquet/{double.name}" in named_files(verdict)


@pytest.mark.thorough
def test_a_changed_csv_is_named(damaged):
    output, check = damaged
    file = a_file_of(output, "events_raw", "csv")
    file.write_text(file.read_text().replace(",desktop,", ",mobile,", 1))
    code, verdict = check()
    assert code == 1
    assert f"events_raw/csv/{file.name}" in named_files(verdict)


@pytest.mark.thorough
def test_a_truncated_file_is_named_and_read_as_what_it_is(damaged):
    output, check = damaged
    file = a_file_of(output, "events_raw", "parquet")
    file.write_bytes(file.read_bytes()[:1000])
    code, verdict = check()
    assert code == 1
    assert f"events_raw/parquet/{file.name}" in named_files(verdict)


@pytest.mark.thorough
def test_a_removed_record_is_missed(damaged):
    output, check = damaged
    (output / "_landed/aggregates/000000000002.json").unlink()
    code, verdict = check()
    assert code == 1
    assert any(
        finding["query"] == "aggregates" and finding["batch_id"] == 2 for finding in verdict["findings"]
    )


@pytest.mark.thorough
def test_the_difference_reads_well(damaged):
    output, check = damaged
    a_file_of(output, "page_metrics", "csv").unlink()
    ended = check.in_words()
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1].startswith("FAIL: page_metrics")
    assert "clickstream replay --run-id default-replay" in ended.stdout
