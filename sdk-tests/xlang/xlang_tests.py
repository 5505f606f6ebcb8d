"""Python pipelines with Java transforms, expanded by the server that the suite names."""
import os
import time
import typing
import uuid

import apache_beam as beam
import pytest
from apache_beam.coders import StrUtf8Coder
from apache_beam.io.external.generate_sequence import GenerateSequence
from apache_beam.io.kafka import ReadFromKafka, WriteToKafka
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.external import (
    JavaExternalTransform,
    SchemaAwareExternalTransform,
)
from apache_beam.transforms.sql import SqlTransform
from apache_beam.transforms.userstate import CombiningValueStateSpec

EXPANSION = os.environ["SDK_TESTS_EXPANSION"]
KAFKA = os.environ["SDK_TESTS_KAFKA"]


def _options(*more):
    arguments = [
        "--runner=PortableRunner",
        "--job_endpoint=" + os.environ["SDK_TESTS_ENDPOINT"],
        # Preparing a job takes its time on a busy machine.
        "--job_server_timeout=300",
    ]
    if os.environ["SDK_TESTS_MODE"] == "LOOPBACK":
        arguments.append("--environment_type=LOOPBACK")
    # Otherwise the client names Beam's image, which stands for a virtual environment.
    return PipelineOptions([*arguments, *more])


def _pipeline(*more):
    return beam.Pipeline(options=_options(*more))


class Sale(typing.NamedTuple):
    shop: str
    cents: int


beam.coders.registry.register_coder(Sale, beam.coders.RowCoder)
SALES = [Sale("a", 3), Sale("b", 5), Sale("a", 4), Sale("c", 1), Sale("b", 10)]


def _sales(pipeline):
    return pipeline | "Sales" >> beam.Create(SALES).with_output_types(Sale)


class TestCore:
    """Transforms of Beam's core, which need nothing on the class path."""

    def test_generate_sequence(self):
        with _pipeline() as pipeline:
            numbers = pipeline | GenerateSequence(start=1, stop=10, expansion_service=EXPANSION)
            assert_that(numbers, equal_to(list(range(1, 10))))

    def test_java_values_grouped_by_python_keys(self):
        with _pipeline() as pipeline:
            groups = (
                pipeline
                | GenerateSequence(start=0, stop=1000, expansion_service=EXPANSION)
                | beam.Map(lambda number: ("key %d" % (number % 3), number))
                | beam.GroupByKey()
                | beam.MapTuple(lambda key, numbers: (key, sum(numbers)))
            )
            expected = [("key %d" % k, sum(range(k, 1000, 3))) for k in range(3)]
            assert_that(groups, equal_to(expected))

    def test_the_same_transform_twice(self):
        with _pipeline() as pipeline:
            first = pipeline | "1st" >> GenerateSequence(0, 10, expansion_service=EXPANSION)
            second = pipeline | "2nd" >> GenerateSequence(10, 20, expansion_service=EXPANSION)
            assert_that((first, second) | beam.Flatten(), equal_to(list(range(20))))

    def test_schema_transform(self):
        identifier = "beam:schematransform:org.apache.beam:generate_sequence:v1"
        with _pipeline() as pipeline:
            rows = pipeline | SchemaAwareExternalTransform(
                identifier,
                expansion_service=EXPANSION,
                rearrange_based_on_discovery=True,
                start=5,
                end=8,
            )
            assert_that(rows | beam.Map(lambda row: row.value), equal_to([5, 6, 7]))

    def test_discover(self):
        found = SchemaAwareExternalTransform.discover(EXPANSION, ignore_errors=True)
        identifiers = {each.identifier for each in found}
        assert "beam:schematransform:org.apache.beam:generate_sequence:v1" in identifiers
        assert "beam:schematransform:org.apache.beam:kafka_read:v1" in identifiers

    def test_class_that_is_allowed(self):
        sequence = JavaExternalTransform("org.apache.beam.sdk.io.GenerateSequence", EXPANSION)
        with _pipeline() as pipeline:
            # Python's ints are Java's longs.
            numbers = pipeline | getattr(sequence, "from")(3).to(6)
            assert_that(numbers, equal_to([3, 4, 5]))

    def test_class_that_is_not_allowed(self):
        reader = JavaExternalTransform("org.apache.beam.sdk.io.TextIO", EXPANSION)
        with pytest.raises(RuntimeError, match="(?i)allow"):
            _pipeline() | reader.read()

    def test_transform_that_is_not_there(self):
        missing = beam.ExternalTransform("beam:nonsense:v1", b"", EXPANSION)
        with pytest.raises(RuntimeError, match="beam:nonsense:v1"):
            _pipeline() | missing

    def test_failure_in_java_is_explained(self):
        with pytest.raises(RuntimeError, match="(?s)GenerateSequence.*"):
            with _pipeline() as pipeline:
                pipeline | GenerateSequence(start=9, stop=1, expansion_service=EXPANSION)


class TestSql:
    """Beam SQL, which plans and compiles in Java."""

    def test_filter(self):
        with _pipeline() as pipeline:
            rows = _sales(pipeline) | SqlTransform(
                "SELECT shop, cents * 2 AS doubled FROM PCOLLECTION WHERE cents > 3",
                expansion_service=EXPANSION,
            )
            values = rows | beam.Map(lambda row: (row.shop, row.doubled))
            assert_that(values, equal_to([("a", 8), ("b", 10), ("b", 20)]))

    def test_aggregate(self):
        with _pipeline() as pipeline:
            rows = _sales(pipeline) | SqlTransform(
                "SELECT shop, SUM(cents) AS total, COUNT(*) AS sales FROM PCOLLECTION GROUP BY shop",
                expansion_service=EXPANSION,
            )
            values = rows | beam.Map(lambda row: (row.shop, row.total, row.sales))
            assert_that(values, equal_to([("a", 7, 2), ("b", 15, 2), ("c", 1, 1)]))

    def test_join(self):
        names = [beam.Row(shop="a", name="Ann"), beam.Row(shop="b", name="Bob")]
        with _pipeline() as pipeline:
            inputs = {"sales": _sales(pipeline), "names": pipeline | "Names" >> beam.Create(names)}
            rows = inputs | SqlTransform(
                "SELECT name, cents FROM sales JOIN names ON sales.shop = names.shop",
                expansion_service=EXPANSION,
            )
            values = rows | beam.Map(lambda row: (row.name, row.cents))
            assert_that(values, equal_to([("Ann", 3), ("Ann", 4), ("Bob", 5), ("Bob", 10)]))

    def test_windows(self):
        with _pipeline() as pipeline:
            rows = (
                _sales(pipeline)
                | beam.Map(lambda sale: beam.window.TimestampedValue(sale, sale.cents))
                .with_output_types(Sale)
                | beam.WindowInto(beam.window.FixedWindows(5))
                | SqlTransform(
                    "SELECT SUM(cents) AS total FROM PCOLLECTION", expansion_service=EXPANSION
                )
            )
            assert_that(rows | beam.Map(lambda row: row.total), equal_to([8, 5, 10]))

    def test_query_that_is_wrong(self):
        with pytest.raises(RuntimeError, match="(?i)nothere"):
            _sales(_pipeline()) | SqlTransform(
                "SELECT nothere FROM PCOLLECTION", expansion_service=EXPANSION
            )


def _write(pipeline, topic, pairs):
    return (
        pipeline
        | beam.Create(pairs)
        | beam.MapTuple(lambda key, value: (key.encode(), value.encode())).with_output_types(
            typing.Tuple[bytes, bytes]
        )
        | WriteToKafka({"bootstrap.servers": KAFKA}, topic, expansion_service=EXPANSION)
    )


def _read(pipeline, topic, **more):
    config = {"bootstrap.servers": KAFKA, "auto.offset.reset": "earliest"}
    return (
        pipeline
        | ReadFromKafka(config, [topic], expansion_service=EXPANSION, **more)
        | beam.MapTuple(lambda key, value: (key.decode(), value.decode()))
    )


class CountPerKey(beam.DoFn):
    """Numbers the values of each key."""

    COUNT = CombiningValueStateSpec("count", combine_fn=sum)

    def process(self, pair, count=beam.DoFn.StateParam(COUNT)):
        key, value = pair
        count.add(1)
        yield key.encode(), ("%s is number %d" % (value, count.read())).encode()


class TestKafka:
    """Kafka, a real broker."""

    def test_write_then_read(self):
        topic = "t" + uuid.uuid4().hex
        pairs = [("key %d" % (n % 5), "value %d" % n) for n in range(100)]
        with _pipeline() as pipeline:
            _write(pipeline, topic, pairs)
        with _pipeline() as pipeline:
            assert_that(_read(pipeline, topic, max_num_records=100), equal_to(pairs))

    def test_with_metadata(self):
        topic = "t" + uuid.uuid4().hex
        with _pipeline() as pipeline:
            _write(pipeline, topic, [("k", "v")])
        with _pipeline() as pipeline:
            config = {"bootstrap.servers": KAFKA, "auto.offset.reset": "earliest"}
            rows = pipeline | ReadFromKafka(
                config,
                [topic],
                max_num_records=1,
                with_metadata=True,
                expansion_service=EXPANSION,
            )
            values = rows | beam.Map(lambda row: (row.topic, row.offset, row.key, row.value))
            assert_that(values, equal_to([(topic, 0, b"k", b"v")]))

    def test_streaming_through_a_stateful_function(self):
        source, target = ("t" + uuid.uuid4().hex for _ in range(2))
        keys, rounds = ["a", "b", "c"], 5
        with _pipeline() as pipeline:
            _write(pipeline, source, [(key, "first") for key in keys])
        streaming = _pipeline("--streaming")
        (
            _read(streaming, source)
            | beam.ParDo(CountPerKey()).with_output_types(typing.Tuple[bytes, bytes])
            | WriteToKafka({"bootstrap.servers": KAFKA}, target, expansion_service=EXPANSION)
        )
        job = streaming.run()
        try:
            # What comes while it runs.
            for n in range(1, rounds):
                with _pipeline() as pipeline:
                    _write(pipeline, source, [(key, "later %d" % n) for key in keys])
            with _pipeline() as pipeline:
                pairs = _read(pipeline, target, max_num_records=len(keys) * rounds)
                numbers = pairs | beam.MapTuple(lambda key, text: (key, text.split()[-1]))
                expected = [(key, str(n)) for key in keys for n in range(1, rounds + 1)]
                assert_that(numbers, equal_to(expected))
        finally:
            job.cancel()
