import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from tidemark_beam.options import TidemarkOptions
from tidemark_beam.server import server_command
from tidemark_beam.state import by_name, state_home


def test_a_directory_is_a_name_in_a_folder(tmp_path):
    options = PipelineOptions(["--state_dir=%s" % (tmp_path / "jobs" / "clicks")])
    home = state_home(options)
    assert home == tmp_path / "jobs"
    assert "--state-home=%s" % home in server_command(tmp_path, tmp_path, [], 1, home)
    sent = by_name(options).get_all_options(drop_default=True)
    assert sent["state_name"] == "clicks"
    assert "state_dir" not in sent
    # What the user has is left alone.
    assert options.view_as(TidemarkOptions).state_dir.endswith("clicks")


def test_a_name_is_in_the_folder_of_the_server(tmp_path):
    options = PipelineOptions(["--state_name=clicks"])
    assert state_home(options) is None
    assert by_name(options).get_all_options(drop_default=True)["state_name"] == "clicks"
    assert not [each for each in server_command(tmp_path, tmp_path, [], 1) if "state" in each]


@pytest.mark.parametrize("other", ["--state_name=clicks", "--job_endpoint=localhost:8099"])
def test_state_has_one_place(other):
    with pytest.raises(ValueError, match="--state_name"):
        state_home(PipelineOptions(["--state_dir=clicks", other]))
