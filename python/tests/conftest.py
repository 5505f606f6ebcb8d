"""Fixtures of all tests."""
import pytest


def pytest_addoption(parser):
    parser.addoption("--server-jar", help="Tests with the server of this jar, else of the package")
    parser.addoption("--without-server", action="store_true", help="Leaves out what needs a server")


@pytest.fixture
def private_tmp_path(tmp_path):
    tmp_path.chmod(0o700)
    return tmp_path
