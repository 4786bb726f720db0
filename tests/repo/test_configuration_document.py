"""docs/configuration.md tells the truth of old names, and the production example is what it says of it."""

import re
from pathlib import Path

import dotenv
import pytest

from certificates import make_certificates
from clickstream.settings import load
from repo.project import ROOT, default_of, settings

DOCUMENT = (ROOT / "docs" / "configuration.md").read_text()
NAME = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`")
EXAMPLE = ROOT / ".env.production.example"

# The suggestions of the replaced pipeline's own documents.
SUGGESTED = {
    "KAFKA_STARTING_OFFSETS": "latest",
    "WATERMARK_DELAY": "5 minutes",
    "SESSION_WINDOW": "30 minutes",
    "PAGE_WINDOW": "1 minute",
    "GEO_WINDOW": "5 minutes",
    "TRIGGER_INTERVAL": "1 minute",
    "SPARK_SQL_SHUFFLE_PARTITIONS": "200",
}


def section(title: str) -> str:
    return DOCUMENT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of the tables in a text, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("| ") and "`" in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


OLD_NAMES = section("Names of the replaced pipeline")
STAYED, WENT = OLD_NAMES.split("These settings were removed.")
NAMES_THAT_WENT = [name for row in rows(WENT) for name in NAME.findall(row[0])]


@pytest.fixture(autouse=True)
def no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings():
        monkeypatch.delenv(name, raising=False)


def test_the_old_names_that_stayed_are_settings() -> None:
    named = NAME.findall(STAYED.split("Constants in its code")[0])
    assert len(named) == len(set(named)) == 22
    assert set(NAME.findall(STAYED)) <= set(settings())
    assert set(NAME.findall(section("RUN_ID"))) <= set(settings())


def test_the_defaults_that_are_told_with_a_reason_are_the_defaults() -> None:
    told = {row[0].strip("`"): row[1].strip("`") for row in rows(STAYED)}
    assert told == {name: default_of(settings()[name]) for name in told}
    assert {"KAFKA_STARTING_OFFSETS", "MSG_ACKS", "FAIL_ON_DATA_LOSS"} <= set(told)


def test_a_name_that_went_is_no_setting_and_its_replacement_is_one() -> None:
    assert NAMES_THAT_WENT
    assert set(NAMES_THAT_WENT).isdisjoint(settings())
    assert {name for row in rows(WENT) for name in NAME.findall(row[1])} <= set(settings())


@pytest.mark.parametrize("name", NAMES_THAT_WENT)
def test_a_name_that_went_is_passed_over_in_an_old_dotenv(name: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{name}=1\n")
    assert load(dotenv=tmp_path / ".env")[0] == load(dotenv=tmp_path / "none")[0]


def test_the_production_example_has_the_values_that_the_document_tells() -> None:
    told = {row[0].strip("`"): row[1].strip("`") for row in rows(section("Production-ish settings"))}
    assert dotenv.dotenv_values(EXAMPLE) == told
    assert SUGGESTED.items() <= told.items()


def test_the_production_example_is_read_without_an_objection_and_all_of_it_acts() -> None:
    given = dotenv.dotenv_values(EXAMPLE)
    _, effective = load(dotenv=EXAMPLE)
    assert {each.name for each in effective if each.source == ".env"} == set(given)
    changed = {name for name, value in given.items() if value != default_of(settings()[name])}
    assert set(given) - changed == {"PAGE_WINDOW"}, "a line that says what is so anyway"


def test_its_lines_for_a_secured_broker_are_settings_that_let_a_client_in(tmp_path: Path) -> None:
    lines = [re.sub(r"^#(?=[A-Z_]+=)", "", line) for line in EXAMPLE.read_text().splitlines()]
    whole = tmp_path / ".env"
    whole.write_text("\n".join(lines))
    given = dotenv.dotenv_values(whole)
    assert set(given) <= set(settings())
    authority = make_certificates(tmp_path).authority
    broker = load({"KAFKA_SSL_CA_LOCATION": str(authority)}, dotenv=whole)[0].broker
    assert (broker.backend, broker.security_protocol) == ("external", "SASL_SSL")
    assert broker.sasl_password.get_secret_value() == given["KAFKA_SASL_PASSWORD"]


def test_every_line_of_the_production_example_has_its_reason_above_it() -> None:
    lines = EXAMPLE.read_text().splitlines()
    for above, line in zip(["", *lines], lines, strict=False):
        if re.match(r"#?[A-Z_]+=", line):
            assert above.startswith("# "), line
        assert len(line) <= 115
