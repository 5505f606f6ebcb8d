import stat

import pytest

from tidemark_beam.runtime_folder import (
    UnsafeFolderError,
    private_folder,
    runtime_folder,
    write_private,
)


def test_the_folder_is_the_users_alone(tmp_path):
    folder = runtime_folder({"XDG_RUNTIME_DIR": str(tmp_path)})

    assert folder == tmp_path / "tidemark"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert runtime_folder({"XDG_RUNTIME_DIR": str(tmp_path)}) == folder


def test_a_folder_that_others_can_read_is_refused(tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)

    with pytest.raises(UnsafeFolderError, match="Others"):
        private_folder(tmp_path / "open")


def test_a_link_to_somewhere_else_is_refused(tmp_path):
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")

    with pytest.raises(UnsafeFolderError, match="not a folder"):
        private_folder(tmp_path / "link")


def test_secrets_are_written_for_the_user_only(tmp_path):
    write_private(tmp_path / "token", "first")
    write_private(tmp_path / "token", "secret")

    assert (tmp_path / "token").read_text() == "secret"
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600
