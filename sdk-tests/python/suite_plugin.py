"""A plugin of pytest: runs the tests the suite chose and tells it of each as it happens.

Tests are called module::Class::method, wherever they are installed.
"""
import json
import os

from apache_beam.testing.test_pipeline import TestPipeline


def pytest_addoption(parser):
    # Some of Beam's test classes look at this option.
    parser.addoption("--test-pipeline-options", help="options of TestPipeline")


def pytest_configure(config):
    config.addinivalue_line("markers", "it_validatesrunner: runs on every runner")
    if os.environ["SDK_TESTS_MODE"] == "VALIDATES_RUNNER":
        TestPipeline.pytest_test_pipeline_options = " ".join(
            (
                "--runner=PortableRunner",
                "--job_endpoint=" + os.environ["SDK_TESTS_ENDPOINT"],
                "--environment_type=LOOPBACK",
            )
        )


def pytest_collection_modifyitems(config, items):
    if os.environ["SDK_TESTS_MODE"] == "VALIDATES_RUNNER":
        items[:] = [item for item in items if item.get_closest_marker("it_validatesrunner")]
    if "SDK_TESTS_LIST" in os.environ:
        with open(os.environ["SDK_TESTS_LIST"], "w") as stream:
            stream.writelines(_name(item) + "\n" for item in items)
    if "SDK_TESTS_CHOSEN" in os.environ:
        with open(os.environ["SDK_TESTS_CHOSEN"]) as stream:
            chosen = set(stream.read().split())
        items[:] = [item for item in items if _name(item) in chosen]


def pytest_runtest_protocol(item, nextitem):
    _tell({"event": "start", "test": _name(item)})


def pytest_runtest_logreport(report):
    _reports.append(report)
    if report.when != "teardown":
        return
    reports = list(_reports)
    _reports.clear()
    failed = [each for each in reports if each.failed]
    skipped = [each for each in reports if each.skipped]
    outcome = "failed" if failed else "skipped" if skipped else "passed"
    reason, details = "", ""
    if failed:
        reason = _last_line(failed[0])
        sections = ("---- %s\n%s" % (title, text[-20000:]) for title, text in failed[0].sections)
        details = "\n".join([failed[0].longreprtext, *sections])
    elif skipped and isinstance(skipped[0].longrepr, tuple):
        reason = skipped[0].longrepr[2]
    event = {"event": "end", "test": _names[report.nodeid], "outcome": outcome}
    _tell({**event, "reason": reason, "details": details})


_reports = []
_names = {}


def _name(item):
    cls = "::" + item.cls.__name__ if item.cls else ""
    name = "%s%s::%s" % (item.module.__name__, cls, item.name)
    _names[item.nodeid] = name
    return name


def _last_line(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash else report.longreprtext
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # What a server says of a refused call stands among gRPC's own words.
    lines = [line for line in lines if line.startswith("- ")] or lines
    # The type of the exception, and the end of a traceback that came from a worker.
    return " … ".join(dict.fromkeys(lines[:1] + lines[-1:]))


def _tell(event):
    if "SDK_TESTS_EVENTS" in os.environ:
        with open(os.environ["SDK_TESTS_EVENTS"], "a") as stream:
            stream.write(json.dumps(event) + "\n")
