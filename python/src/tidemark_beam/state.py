"""Where a job keeps its state: a name in a folder of the server."""
import copy
from pathlib import Path

from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions

from tidemark_beam.options import TidemarkOptions


def state_home(options: PipelineOptions) -> Path | None:
    """The folder that a server has to have for --state_dir; None for the usual one."""
    tidemark = options.view_as(TidemarkOptions)
    if not tidemark.state_dir:
        return None
    if tidemark.state_name:
        raise ValueError(
            "--state_dir and --state_name both say where the state of the job is: leave one out."
        )
    if options.view_as(PortableOptions).job_endpoint:
        raise ValueError(
            "The server at --job_endpoint keeps state by names: give --state_name, not --state_dir."
        )
    return _directory(tidemark.state_dir).parent


def by_name(options: PipelineOptions) -> PipelineOptions:
    """The options as the server understands them."""
    directory = options.view_as(TidemarkOptions).state_dir
    if not directory:
        return options
    named = copy.deepcopy(options)
    named.view_as(TidemarkOptions).state_name = _directory(directory).name
    named.view_as(TidemarkOptions).state_dir = None
    return named


def _directory(directory: str) -> Path:
    return Path(directory).absolute()
