"""The page of recipes, as a user follows it from its first line to its last."""

import shlex

import pytest

import recipes


def done(kit, line: str) -> str:
    ended = kit.pasted(line)
    assert ended.returncode == 0, f"{line}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


@pytest.mark.thorough
def test_every_command_of_the_recipes_does_what_the_page_says(kit, bootstrap_servers):
    kit.settings["KAFKA_PARTITIONS"] = "3"
    (kit.folder / ".env").write_text("PIPELINE=temperatures.py:pipeline\n")
    (kit.folder / "temperatures.py").write_text(recipes.changed("A field", "A table", "A rule"))
    for line in dict.fromkeys(
        (*recipes.commands("A field"), *recipes.commands("A table"), *recipes.commands("A rule"))
    ):
        printed = done(kit, line)
        if line.endswith(" demo"):
            assert "PASS" in printed
            for table in ("readings", "rejected", "temperatures", "online", "batteries"):
                assert table in printed
    for line in recipes.commands("Your own file"):
        printed = done(kit, line)
        if line.endswith(" check"):
            assert "PASS" in printed
    cluster = recipes.dotenv("Another cluster").replace("broker-1.example.com:9092", bootstrap_servers)
    cluster = cluster.replace("KAFKA_REPLICATION_FACTOR=3", "KAFKA_REPLICATION_FACTOR=1")
    with (kit.folder / ".env").open("a") as settings:
        settings.write(cluster)
    for name in shlex.split(cluster, comments=True):
        kit.settings.pop(name.split("=")[0], None)
    for line in recipes.commands("Another cluster"):
        printed = done(kit, line)
        if line.endswith(" check"):
            assert "PASS" in printed
