package dev.tidemark.translation;

import java.util.Arrays;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.GroupIntoBatches;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** The pipelines whose graphs the golden files show. */
final class Pipelines {
  private static final Duration MINUTE = Duration.standardMinutes(1);

  private Pipelines() {}

  static Pipeline minimalWordCount() {
    Pipeline pipeline = Pipeline.create();
    words(pipeline)
        .apply("Count", Count.perElement())
        .apply(
            "Format",
            MapElements.into(TypeDescriptors.strings())
                .via((KV<String, Long> count) -> count.getKey() + ": " + count.getValue()));
    return pipeline;
  }

  static Pipeline windowedWordCountWithLateData() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(
            "Words",
            Create.timestamped(
                    TimestampedValue.of("a", Instant.ofEpochMilli(0)),
                    TimestampedValue.of("b", Instant.ofEpochMilli(1)))
                .withCoder(StringUtf8Coder.of()))
        .apply(
            "Windows",
            Window.<String>into(FixedWindows.of(MINUTE))
                .triggering(
                    AfterWatermark.pastEndOfWindow()
                        .withLateFirings(AfterPane.elementCountAtLeast(1)))
                .withAllowedLateness(MINUTE)
                .accumulatingFiredPanes())
        .apply("Count", Count.perElement());
    return pipeline;
  }

  static Pipeline coGroupByKeyJoin() {
    Pipeline pipeline = Pipeline.create();
    TupleTag<Long> ages = new TupleTag<>("ages");
    TupleTag<String> cities = new TupleTag<>("cities");
    KeyedPCollectionTuple.of(ages, pipeline.apply("Ages", Create.of(KV.of("ann", 31L))))
        .and(cities, pipeline.apply("Cities", Create.of(KV.of("ann", "Oslo"))))
        .apply("Join", CoGroupByKey.create());
    return pipeline;
  }

  static Pipeline sideInputJoin() {
    Pipeline pipeline = Pipeline.create();
    PCollectionView<Map<String, Long>> view =
        pipeline.apply("Ages", Create.of(KV.of("ann", 31L))).apply("AsMap", View.asMap());
    words(pipeline)
        .apply(
            "Join",
            ParDo.of(new Functions.Reading<String, Map<String, Long>>(view)).withSideInputs(view));
    return pipeline;
  }

  static Pipeline sideInputFromMainInput() {
    Pipeline pipeline = Pipeline.create();
    PCollection<String> words = words(pipeline);
    PCollectionView<Long> total =
        words.apply("Total", Combine.globally(Count.<String>combineFn()).asSingletonView());
    words
        .apply("Keep", ParDo.of(new Functions.Same<>()))
        .apply("Share", ParDo.of(new Functions.Reading<String, Long>(total)).withSideInputs(total))
        .apply("After", ParDo.of(new Functions.Same<>()));
    return pipeline;
  }

  static Pipeline triggeredSideInput() {
    Pipeline pipeline = Pipeline.create();
    PCollectionView<Long> latest =
        pipeline
            .apply("Ticks", GenerateSequence.from(0).withRate(1, Duration.standardSeconds(1)))
            .apply(
                "Panes",
                Window.<Long>into(new GlobalWindows())
                    .triggering(
                        Repeatedly.forever(
                            AfterProcessingTime.pastFirstElementInPane().plusDelayOf(MINUTE)))
                    .discardingFiredPanes())
            .apply("Latest", Sum.longsGlobally().withoutDefaults())
            .apply("AsSingleton", View.asSingleton());
    words(pipeline)
        .apply(
            "Read", ParDo.of(new Functions.Reading<String, Long>(latest)).withSideInputs(latest));
    return pipeline;
  }

  static Pipeline statefulDedupe() {
    Pipeline pipeline = Pipeline.create();
    keyedWords(pipeline).apply("Dedupe", ParDo.of(new Functions.Dedupe<>()));
    return pipeline;
  }

  static Pipeline statefulAfterGroup() {
    Pipeline pipeline = Pipeline.create();
    PCollection<KV<String, Long>> counts = words(pipeline).apply("Count", Count.perElement());
    PCollection<KV<String, Long>> sums =
        pipeline
            .apply("More", Create.of(KV.of("a", 1L)))
            .apply("Sum", Sum.longsPerKey())
            .apply("Windows", Window.into(new GlobalWindows()));
    PCollectionList.of(counts)
        .and(sums)
        .apply("Both", Flatten.pCollections())
        .apply("Dedupe", ParDo.of(new Functions.Dedupe<>()))
        .apply("Again", ParDo.of(new Functions.Dedupe<>()));
    return pipeline;
  }

  static Pipeline timerFamilies() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Numbers", Create.of(KV.of("a", 1L)))
        .apply("Remind", ParDo.of(new Functions.Reminders()));
    return pipeline;
  }

  static Pipeline timeSortedInput() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Numbers", Create.of(KV.of("a", 1L)))
        .apply("Sorted", ParDo.of(new Functions.Sorted()));
    return pipeline;
  }

  static Pipeline splittableRead() {
    Pipeline pipeline = Pipeline.create();
    PCollection<Long> limits = pipeline.apply("Limits", Create.of(10L, 20L));
    limits.apply("CountUp", ParDo.of(new Functions.CountUp()));
    limits.apply("CountOn", ParDo.of(new Functions.CountOn()));
    pipeline
        .apply("Ticks", GenerateSequence.from(0))
        .apply("CountUpEach", ParDo.of(new Functions.CountUp()));
    return pipeline;
  }

  static Pipeline flattenDiamonds() {
    Pipeline pipeline = Pipeline.create();
    PCollection<String> words = words(pipeline);
    PCollection<String> left = words.apply("Left", ParDo.of(new Functions.Same<>()));
    PCollection<String> right = words.apply("Right", ParDo.of(new Functions.Same<>()));
    PCollection<KV<String, Iterable<Long>>> groups =
        PCollectionList.of(left)
            .and(right)
            .apply("Both", Flatten.pCollections())
            .apply("Ones", WithKeys.of((String word) -> word))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of()))
            .apply(
                "Lengths",
                MapElements.into(
                        TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.longs()))
                    .via(kv -> KV.of(kv.getKey(), (long) kv.getValue().length())))
            .apply("Group", GroupByKey.create());
    PCollectionList.of(
            groups.apply(
                "Keys",
                MapElements.into(TypeDescriptors.strings())
                    .via((KV<String, Iterable<Long>> group) -> group.getKey())))
        .and(left)
        .apply("Crossing", Flatten.pCollections())
        .apply("End", ParDo.of(new Functions.Same<>()));
    return pipeline;
  }

  static Pipeline flattenOfNone() {
    Pipeline pipeline = Pipeline.create();
    PCollectionList.<String>empty(pipeline)
        .apply("Nothing", Flatten.pCollections())
        .setCoder(StringUtf8Coder.of())
        .apply("Count", Count.globally());
    return pipeline;
  }

  static Pipeline flattenOfTheSameTwice() {
    Pipeline pipeline = Pipeline.create();
    PCollection<String> words = words(pipeline);
    PCollectionList.of(words)
        .and(words)
        .apply("Twice", Flatten.pCollections())
        .apply("End", ParDo.of(new Functions.Same<>()));
    return pipeline;
  }

  static Pipeline flattenOfDifferentCoders() {
    Pipeline pipeline = Pipeline.create();
    PCollection<Long> small = pipeline.apply("Small", Create.of(1L));
    PCollection<Long> big = pipeline.apply("Big", Create.of(2L).withCoder(BigEndianLongCoder.of()));
    PCollectionList.of(small)
        .and(big)
        .apply("Both", Flatten.pCollections())
        .setCoder(VarLongCoder.of())
        .apply("Spread", Reshuffle.viaRandomKey());
    return pipeline;
  }

  static Pipeline combineGlobally() {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply("Numbers", Create.of(1L, 2L)).apply("Sum", Sum.longsGlobally());
    return pipeline;
  }

  static Pipeline combineInSessions() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Numbers", Create.of(KV.of("a", 1L)))
        .apply("Sessions", Window.into(Sessions.withGapDuration(MINUTE)))
        .apply("Sum", Sum.longsPerKey())
        .apply("Fewer", Sum.longsPerKey());
    return pipeline;
  }

  static Pipeline combineWithFanout() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply("Numbers", Create.of(KV.of("a", 1L)))
        .apply("Sum", Combine.<String, Long, Long>perKey(Sum.ofLongs()).withHotKeyFanout(3));
    return pipeline;
  }

  static Pipeline reshuffles() {
    Pipeline pipeline = Pipeline.create();
    keyedWords(pipeline)
        .apply("ByKey", Reshuffle.of())
        .apply("Dedupe", ParDo.of(new Functions.Dedupe<>()));
    words(pipeline, "Other")
        .apply("Any", Redistribute.<String>arbitrarily().withAllowDuplicates(true))
        .apply("Stable", ParDo.of(new Functions.Stable()));
    return pipeline;
  }

  static Pipeline groupIntoBatches() {
    Pipeline pipeline = Pipeline.create();
    keyedWords(pipeline).apply("Batches", GroupIntoBatches.ofSize(10));
    return pipeline;
  }

  static Pipeline groupIntoShardedBatches() {
    Pipeline pipeline = Pipeline.create();
    keyedWords(pipeline)
        .apply("Batches", GroupIntoBatches.<String, Long>ofSize(10).withShardedKey());
    return pipeline;
  }

  static Pipeline testStream() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(
            "Events",
            TestStream.create(VarLongCoder.of())
                .addElements(1L, 2L)
                .advanceWatermarkTo(Instant.ofEpochMilli(5))
                .advanceProcessingTime(MINUTE)
                .advanceWatermarkToInfinity())
        .apply("Windows", Window.into(FixedWindows.of(MINUTE)))
        .apply("Sum", Sum.longsGlobally().withoutDefaults());
    return pipeline;
  }

  static Pipeline unreadOutput() {
    Pipeline pipeline = Pipeline.create();
    words(pipeline).apply("Effects", ParDo.of(new Functions.Same<>()));
    pipeline.apply("NobodyReadsThis", Create.of(1L));
    return pipeline;
  }

  private static PCollection<String> words(Pipeline pipeline) {
    return words(pipeline, "Lines");
  }

  private static PCollection<String> words(Pipeline pipeline, String name) {
    return pipeline
        .apply(name, Create.of("a b", "c"))
        .apply(
            name + "ToWords",
            FlatMapElements.into(TypeDescriptors.strings())
                .via((String line) -> Arrays.asList(line.split(" "))));
  }

  private static PCollection<KV<String, Long>> keyedWords(Pipeline pipeline) {
    return pipeline.apply("Pairs", Create.of(KV.of("a", 1L), KV.of("b", 2L)));
  }
}
