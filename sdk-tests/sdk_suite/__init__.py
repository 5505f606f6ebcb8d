"""Runs the tests that Beam's SDKs bring along against a job server, each SDK in its own process."""
