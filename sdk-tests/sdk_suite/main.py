"""The command line of the suite."""
from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path

from .go_sdk import GoSdk
from .java_sdk import JavaSdk
from .lists import TestList
from .model import Settings
from .processes import end_children_on_signals
from .python_sdk import PythonSdk
from .report import Report
from .run import run_all
from .server import job_server
from .typescript_sdk import TypeScriptSdk
from .versions import versions
from .xlang_sdk import XlangSdk

HOME = Path(__file__).resolve().parents[1]
SDKS = {
    "python": PythonSdk,
    "go": GoSdk,
    "typescript": TypeScriptSdk,
    "java": JavaSdk,
    "xlang": XlangSdk,
}


def main() -> int:
    """0 if something ran and nothing failed."""
    arguments = _parser().parse_args()
    end_children_on_signals()
    output = HOME / "target" / arguments.sdk
    endpoint = None if arguments.list or arguments.install else arguments.endpoint
    if arguments.list or arguments.install:
        return _list(_sdk(arguments, "none", output), arguments)
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    with job_server(endpoint, output, _server_options(arguments, output)) as (address, alive):
        sdk = _sdk(arguments, address, output)
        sdk.install()
        exclusions = TestList(HOME / arguments.sdk / "exclusions.txt")
        skips = TestList(HOME / arguments.sdk / "skips.txt")
        report = Report(output, skips)
        chosen = []
        for case in _cases(sdk, arguments):
            reason = exclusions.reason(case)
            if reason is None or arguments.excluded:
                chosen.append(case)
            else:
                report.exclude(case, reason)
        run_all(sdk, chosen, arguments.jobs, alive, report)
        good = report.finish()
    if not arguments.only and not arguments.mode:
        for line in exclusions.unused(sdk.modes()) + skips.unused(sdk.modes()):
            print(line)
            good = False
    return 0 if good else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sdk-tests/suite",
        description="Runs the tests that come with an SDK of Beam against a job server. Results "
        "are in sdk-tests/target/SDK: results.tsv, and a file for each failure.",
    )
    parser.add_argument("sdk", choices=SDKS)
    parser.add_argument("--endpoint", help="host:port of a job server; else ./tidemark is started")
    parser.add_argument("--mode", action="append", help="only this way of running; --list says which")
    parser.add_argument("--only", help="only tests whose name this regular expression is found in")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes at a time")
    parser.add_argument("--image", help="a container image with the SDK, for a Docker engine: adds the "
        "mode DOCKER (python), or is what IMAGE and XLANG use (java)")
    parser.add_argument("--timeout", type=float, default=120, help="seconds a test may take")
    parser.add_argument("--excluded", action="store_true", help="runs what is excluded too")
    parser.add_argument("--list", action="store_true", help="runs nothing, lists the tests")
    parser.add_argument("--install", action="store_true", help="only fills the cache")
    parser.add_argument(
        "--cache",
        type=Path,
        default=HOME / "target" / "cache",
        help="where SDKs are installed, once (default: sdk-tests/target/cache)",
    )
    return parser


def _sdk(arguments: argparse.Namespace, endpoint: str, output: Path):
    settings = Settings(
        endpoint, output, arguments.cache.resolve(), arguments.timeout, versions(), arguments.image
    )
    return SDKS[arguments.sdk](settings)


def _server_options(arguments: argparse.Namespace, output: Path) -> list[str]:
    """What the SDK's tests need of the server."""
    options = getattr(_sdk(arguments, "none", output), "server_options", None)
    return options() if options and not arguments.endpoint else []


def _cases(sdk, arguments: argparse.Namespace):
    pattern = re.compile(arguments.only or "")
    modes = arguments.mode or sdk.modes()
    unknown = set(modes) - set(sdk.modes())
    if unknown:
        raise SystemExit("No such mode: %s; there are %s" % (unknown, sdk.modes()))
    return [case for mode in modes for case in sdk.cases(mode) if pattern.search(case.test)]


def _list(sdk, arguments: argparse.Namespace) -> int:
    sdk.install()
    if arguments.list:
        for case in _cases(sdk, arguments):
            print(case)
    return 0
