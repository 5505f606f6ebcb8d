"""Runs Beam pipelines on Tidemark: --runner=tidemark_beam.TidemarkRunner."""
from tidemark_beam.runner import TidemarkRunner

__all__ = ["TidemarkRunner"]
