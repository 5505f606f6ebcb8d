"""A pipeline over many small elements, whose result is checked; prints its seconds.

    speed_job.py WORKLOAD ELEMENTS [options of the pipeline]
"""
import json
import sys
import time

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing.util import assert_that, equal_to

SHARDS = 20
KEYS = 1000


class Numbers(beam.DoFn):
    """The numbers of a shard, each with its key."""

    def __init__(self, size):
        self._size = size

    def process(self, shard):
        for number in range(shard * self._size, (shard + 1) * self._size):
            yield number % KEYS, number


class Step(beam.DoFn):
    """Something cheap, so that what is measured is the way from function to function."""

    def process(self, element):
        key, number = element
        yield key, number + 1


def group(numbers, elements):
    """A GroupByKey, whose groups are read through."""
    sums = numbers | beam.GroupByKey() | beam.MapTuple(lambda key, values: (key, sum(values)))
    return sums, 0


def pardo(numbers, elements):
    """A chain of five functions; the sum is for the check."""
    for step in range(5):
        numbers = numbers | "step %d" % step >> beam.ParDo(Step())
    return numbers | beam.CombinePerKey(sum), 5


def combine(numbers, elements):
    """A sum for each key."""
    return numbers | beam.CombinePerKey(sum), 0


def all_steps(numbers, elements):
    """A GroupByKey, five functions, and a sum for each key, one after the other."""
    grouped = numbers | beam.GroupByKey()
    again = grouped | beam.FlatMapTuple(lambda key, values: ((key, value) for value in values))
    return pardo(again, elements)


WORKLOADS = {"group": group, "pardo": pardo, "sum": combine, "all": all_steps}


def main():
    workload, elements, options = WORKLOADS[sys.argv[1]], int(sys.argv[2]), sys.argv[3:]
    each = elements // KEYS
    begin = time.monotonic()
    with beam.Pipeline(options=PipelineOptions(options)) as pipeline:
        shards = pipeline | beam.Create(range(SHARDS)) | beam.Reshuffle()
        sums, more = workload(shards | beam.ParDo(Numbers(elements // SHARDS)), elements)
        # Of key k: k + KEYS * (0 + 1 + … + each - 1), and more for each of them.
        expected = [
            (key, each * (key + more) + KEYS * each * (each - 1) // 2) for key in range(KEYS)
        ]
        assert_that(sums, equal_to(expected))
    # On a line of its own, whatever workers have printed.
    print("\n" + json.dumps({"seconds": time.monotonic() - begin}))


if __name__ == "__main__":
    main()
