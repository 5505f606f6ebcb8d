"""Archives of the server's classes, with a small program in its place."""
import os
import subprocess
import zipfile

import pytest

from tidemark_beam.class_archive import MOST_ARCHIVES, archive_options
from tidemark_beam.java import find_java


@pytest.fixture
def jar(tmp_path):
    (tmp_path / "Main.java").write_text("class Main { public static void main(String[] a) {} }")
    java = find_java(None, os.environ)
    done = subprocess.run([java.parent / "javac", "Main.java"], cwd=tmp_path, capture_output=True)
    if done.returncode:
        pytest.skip("there is no javac beside " + str(java))
    with zipfile.ZipFile(tmp_path / "main.jar", "w") as main:
        main.write(tmp_path / "Main.class", "Main.class")
    return tmp_path / "main.jar"


@pytest.fixture
def environment(tmp_path):
    return {"XDG_CACHE_HOME": str(tmp_path / "caches")}


def _loads(java, jar, options):
    command = [java, *options, "-Xlog:class+load", "-cp", jar, "Main"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return next(line for line in said.splitlines() if " Main source:" in line)


def test_the_second_start_takes_the_classes_from_the_archive(jar, environment):
    java = find_java(None, os.environ)
    first = _loads(java, jar, archive_options(java, jar, environment))
    second = _loads(java, jar, archive_options(java, jar, environment))

    assert "shared objects file" not in first
    assert "shared objects file (top)" in second


def test_another_jar_has_another_archive(jar, environment):
    java = find_java(None, os.environ)
    before = archive_options(java, jar, environment)
    os.utime(jar, (1, 1))

    assert archive_options(java, jar, environment) != before


def test_a_half_written_archive_is_written_anew(jar, environment, tmp_path):
    java = find_java(None, os.environ)
    first = archive_options(java, jar, environment)
    (tmp_path / "caches" / "tidemark" / first[0].rsplit("/", 1)[1]).write_bytes(bytes(4096))

    assert archive_options(java, jar, environment) == first


def test_old_archives_make_room(jar, environment, tmp_path):
    java = find_java(None, os.environ)
    archive_options(java, jar, environment)
    folder = tmp_path / "caches" / "tidemark"
    for i in range(5):
        (folder / ("%d.jsa" % i)).write_bytes(b"x")
        os.utime(folder / ("%d.jsa" % i), (i, i))
    archive_options(java, jar, environment)

    assert {file.name for file in folder.iterdir()} == {"3.jsa", "4.jsa"}
    assert MOST_ARCHIVES == 3


def test_where_nothing_can_be_written_the_server_starts_without(jar, tmp_path):
    (tmp_path / "caches").write_text("a file")
    environment = {"XDG_CACHE_HOME": str(tmp_path / "caches")}

    assert archive_options(find_java(None, os.environ), jar, environment) == []
