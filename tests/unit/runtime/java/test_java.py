"""A Java is chosen by what its folder says, and refused with what was found."""

import pytest

from clickstream.errors import JavaNotFound
from clickstream.runtime.java.find import find_java

ENOUGH = "java.base java.logging jdk.incubator.vector"


def java_home(folder, version="17.0.15", modules=ENOUGH, program="#!/bin/sh\nexit 3\n"):
    """A folder that looks like a Java's; starting its program fails, unless the test gives another."""
    (folder / "bin").mkdir(parents=True)
    executable = folder / "bin" / "java"
    executable.write_text(program)
    executable.chmod(0o755)
    if version is not None:
        release = f'JAVA_VERSION="{version}"\n' + (f'MODULES="{modules}"\n' if modules is not None else "")
        (folder / "release").write_text(release)
    return folder


def told_by_program(home, version):
    return f"""#!/bin/sh
printf 'Property settings:\\n    java.home = {home}\\n'
printf 'java.base@{version}\\njdk.incubator.vector@{version}\\n'
"""


def find(tmp_path, given=None, on_path="", **options):
    return find_java(given, on_path=str(on_path), folders=[f"{tmp_path}/jvm/*"], **options)


@pytest.mark.parametrize(("version", "major"), [("17.0.15", 17), ("21.0.4", 21), ("21", 21)])
def test_a_fitting_java_is_found_in_the_usual_folders(tmp_path, version, major):
    home = java_home(tmp_path / "jvm" / "some", version)
    found = find(tmp_path)
    assert (found.path, found.version, found.executable) == (home, major, home / "bin" / "java")
    assert found.note == ""


def test_the_setting_comes_before_path_and_path_before_the_folders(tmp_path):
    java_home(tmp_path / "jvm" / "one")
    on_path = java_home(tmp_path / "path")
    given = java_home(tmp_path / "given", "21.0.1")
    assert find(tmp_path, given, on_path / "bin" / "java").path == given
    assert find(tmp_path, None, on_path / "bin" / "java").path == on_path


def test_a_newer_and_an_older_java_are_passed_over(tmp_path):
    java_home(tmp_path / "jvm" / "a-temurin-25", "25.0.3")
    java_home(tmp_path / "jvm" / "b-openjdk-11", "11.0.2")
    fitting = java_home(tmp_path / "jvm" / "c-openjdk-17")
    assert find(tmp_path).path == fitting


def test_every_java_that_will_not_do_is_named_with_its_reason(tmp_path):
    java_home(tmp_path / "jvm" / "temurin-25", "25.0.3")
    java_home(tmp_path / "jvm" / "openjdk-11", "11.0.2")
    java_home(tmp_path / "jvm" / "jre-8", "1.8.0_402", modules=None)
    java_home(tmp_path / "jvm" / "slim-21", "21.0.4", modules="java.base")
    with pytest.raises(JavaNotFound) as raised:
        find(tmp_path)
    sentence = raised.value.sentence
    assert "Java 17 or 21 with jdk.incubator.vector" in sentence
    assert f"{tmp_path}/jvm/temurin-25 is Java 25" in sentence
    assert f"{tmp_path}/jvm/openjdk-11 is Java 11" in sentence
    assert f"{tmp_path}/jvm/jre-8 is Java 8" in sentence
    assert f"{tmp_path}/jvm/slim-21 is Java 21 without the module jdk.incubator.vector" in sentence
    assert "install" in raised.value.next_step
    assert "JAVA_HOME" in raised.value.next_step
    assert raised.value.exit_code == 3


def test_no_java_at_all_is_said_in_one_sentence(tmp_path):
    with pytest.raises(JavaNotFound, match=r"none was found on PATH or in the usual folders\.$"):
        find(tmp_path)


def test_a_java_home_of_the_environment_is_passed_over_with_a_note(tmp_path):
    fitting = java_home(tmp_path / "jvm" / "openjdk-17")
    given = java_home(tmp_path / "given", "11.0.2")
    found = find(tmp_path, given)
    assert found.path == fitting
    assert found.note == f"JAVA_HOME={given} is Java 11; Java 17 in {fitting} is used instead."


def test_a_java_home_of_the_environment_is_named_when_nothing_else_is_there(tmp_path):
    with pytest.raises(JavaNotFound, match=f"JAVA_HOME={tmp_path}/nowhere holds no Java that can be run"):
        find(tmp_path, tmp_path / "nowhere")


def test_a_fitting_java_without_release_file_is_asked(tmp_path):
    home = tmp_path / "jvm" / "bare"
    java_home(home, None, program=told_by_program(home, "21.0.4"))
    found = find(tmp_path)
    assert (found.path, found.version) == (home, 21)


def test_a_shim_on_path_is_asked_for_the_java_behind_it(tmp_path):
    real = java_home(tmp_path / "versions" / "17")
    shims = java_home(tmp_path / "shims", None, program=told_by_program(real, "17.0.1"))
    assert find(tmp_path, None, shims / "bin" / "java").path == real


def test_a_java_that_cannot_be_run_is_passed_over(tmp_path):
    java_home(tmp_path / "jvm" / "a-broken", None)
    fitting = java_home(tmp_path / "jvm" / "b-fitting")
    assert find(tmp_path).path == fitting


def test_a_fitting_java_with_release_file_is_not_started(tmp_path):
    started = tmp_path / "started"
    java_home(tmp_path / "jvm" / "one", program=f"#!/bin/sh\ntouch {started}\n")
    find(tmp_path)
    assert not started.exists()


def test_without_a_home_folder_the_folders_below_it_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(JavaNotFound):
        find_java(None, on_path="", folders=["~/.jdks/*"])
