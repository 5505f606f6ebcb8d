import pytest

from tidemark_beam.java import NoJavaError, find_java, java_version


def fake_java(home, version, release=True):
    java = home / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho 'openjdk version \"%s\" 2025-01-01' >&2\n" % version)
    java.chmod(0o755)
    if release:
        (home / "release").write_text('IMPLEMENTOR="X"\nJAVA_VERSION="%s"\n' % version)
    return java


@pytest.mark.parametrize("release", [True, False])
@pytest.mark.parametrize("text,version", [("17.0.15", 17), ("1.8.0_402", 8), ("25", 25)])
def test_version_comes_from_the_release_file_or_from_java_itself(tmp_path, text, version, release):
    assert java_version(fake_java(tmp_path, text, release)) == version


def test_what_does_not_run_has_no_version(tmp_path):
    assert java_version(tmp_path / "bin" / "java") is None


def test_an_old_java_home_is_passed_over_for_the_path(tmp_path):
    fake_java(tmp_path / "old", "11.0.2")
    java = fake_java(tmp_path / "new", "21.0.1")
    environment = {"JAVA_HOME": str(tmp_path / "old"), "PATH": str(java.parent)}

    assert find_java(None, environment) == java


def test_a_chosen_java_is_taken_or_nothing(tmp_path):
    chosen = fake_java(tmp_path / "old", "11.0.2")
    other = fake_java(tmp_path / "new", "21.0.1")

    with pytest.raises(NoJavaError, match="--tidemark_java .*11"):
        find_java(str(chosen), {"PATH": str(other.parent)})
