"""Whether an engine answers is said with its reason, and a command that fails with its own last lines."""

import pytest

from clickstream.errors import DockerFailed
from clickstream.runtime.kafka.docker import EngineAnswer, ask_engine, run_docker


def test_an_engine_with_compose_is_ready_and_named(docker) -> None:
    assert ask_engine() == EngineAnswer(True, "Docker engine 28.2.2 answers")


def test_without_a_docker_command_there_is_no_engine(no_docker) -> None:
    assert ask_engine() == EngineAnswer(False, "no `docker` command is on PATH")


def test_an_engine_that_does_not_answer_is_quoted(docker) -> None:
    # As the client of 28.2 says it: half of an answer, and exit code 1.
    docker.answer(
        "version",
        1,
        err="Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?\n",
    )
    answer = ask_engine()
    assert not answer.ready
    assert answer.reason == (
        "no Docker engine answers (Cannot connect to the Docker daemon at unix:///x.sock)"
    )


def test_a_client_that_ends_well_but_names_no_server_is_no_engine(docker) -> None:
    docker.answer("version", 0, out="\n")
    assert not ask_engine().ready


def test_an_engine_without_the_compose_plugin_is_not_ready(docker) -> None:
    docker.answer("compose version", 1, err="docker: 'compose' is not a docker command.\n")
    assert ask_engine() == EngineAnswer(False, "Docker engine 28.2.2 answers, but it has no compose plugin")


def test_a_command_gives_back_what_it_wrote_and_sees_the_variables(docker) -> None:
    docker.answer("ps", out="one\ntwo\n")
    assert run_docker(["ps"], doing="a test", variables={"KAFKA_TOPIC": "clicks"}) == "one\ntwo\n"
    assert docker.calls()[0].variables["KAFKA_TOPIC"] == "clicks"


def test_a_command_that_fails_is_an_error_with_its_exit_code_and_last_lines(docker) -> None:
    docker.answer("ps", 17, err="".join(f"line {n}\n" for n in range(40)))
    with pytest.raises(DockerFailed, match="Docker failed at looking about, with exit code 17") as failed:
        run_docker(["ps"], doing="looking about")
    assert failed.value.details[-1] == "line 39"
    assert len(failed.value.details) == 15
    assert failed.value.exit_code == 3


def test_a_command_that_is_not_there_is_an_error_with_a_way_out(no_docker) -> None:
    with pytest.raises(DockerFailed, match="Docker cannot be run") as failed:
        run_docker(["ps"], doing="a test")
    assert "embedded" in failed.value.next_step
