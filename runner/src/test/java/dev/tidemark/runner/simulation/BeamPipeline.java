package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Makes a Beam pipeline of a description. */
final class BeamPipeline {
  static final Coder<KV<Integer, Integer>> PAIR = KvCoder.of(VarIntCoder.of(), VarIntCoder.of());
  static final Coder<KV<Integer, List<Integer>>> GROUP =
      KvCoder.of(VarIntCoder.of(), ListCoder.of(VarIntCoder.of()));

  /** The function that tells of what is taken, and the one that tells of results. */
  static final String TAKEN = "WatchTaken";

  static final String RESULTS = "WatchResults";

  private final AtomicInteger names = new AtomicInteger();
  private final Pipeline pipeline;
  private final boolean watched;

  private BeamPipeline(Pipeline pipeline, boolean watched) {
    this.pipeline = pipeline;
    this.watched = watched;
  }

  /** Fills an empty pipeline; what it puts out is {@link Collected} under the run's name. */
  static void build(PipelineSpec spec, Pipeline pipeline, String run) {
    new BeamPipeline(pipeline, false).build(spec, run);
  }

  /** The same, and the {@link Invariants} of the run are told of what it takes and gives. */
  static void buildWatched(PipelineSpec spec, Pipeline pipeline, String run) {
    new BeamPipeline(pipeline, true).build(spec, run);
  }

  private void build(PipelineSpec spec, String run) {
    PCollection<KV<Integer, Integer>> read = source(spec.timeline(), run);
    if (watched) {
      read = read.apply(TAKEN, ParDo.of(new Watching.Taken(run))).setCoder(PAIR);
    }
    PCollection<KV<Integer, Integer>> input =
        steps(read, spec.before()).apply("Window", BeamWindows.of(spec.windowing()));
    input = steps(input, spec.after());
    PCollection<KV<Integer, List<Integer>>> groups =
        BeamAggregations.apply(spec.aggregation(), input, this);
    if (spec.second().isPresent()) {
      PipelineSpec.Second second = spec.second().get();
      PCollection<KV<Integer, Integer>> again =
          groups
              .apply("Regroup", ParDo.of(new ElementFunctions.Regroup(second.modulus())))
              .setCoder(PAIR);
      if (second.rewindowMillis() > 0) {
        again = again.apply("Rewindow", BeamWindows.onceEach(second.rewindowMillis()));
      }
      groups = BeamAggregations.apply(second.combine(), again, this);
    }
    if (watched) {
      groups = groups.apply(RESULTS, ParDo.of(new Watching.Results<>(run))).setCoder(GROUP);
    }
    groups.apply("Collect", ParDo.of(new ElementFunctions.Collect(run)));
  }

  private PCollection<KV<Integer, Integer>> source(Timeline timeline, String run) {
    if (timeline.readers()) {
      return pipeline.apply("Read", Read.from(ListSource.of(timeline, run)));
    }
    if (timeline.kind() != Timeline.Kind.TEST_STREAM) {
      return pipeline.apply(
          "Create", Create.timestamped(timestamped(timeline.elements())).withCoder(PAIR));
    }
    TestStream.Builder<KV<Integer, Integer>> stream = TestStream.create(PAIR);
    for (Timeline.Event event : timeline.events()) {
      if (event instanceof Timeline.Elements elements) {
        List<TimestampedValue<KV<Integer, Integer>>> all = timestamped(elements.elements());
        @SuppressWarnings({"unchecked", "rawtypes"})
        TimestampedValue<KV<Integer, Integer>>[] more =
            all.subList(1, all.size()).toArray(new TimestampedValue[0]);
        stream = stream.addElements(all.get(0), more);
      } else if (event instanceof Timeline.Watermark watermark) {
        stream = stream.advanceWatermarkTo(Instant.ofEpochMilli(watermark.toMillis()));
      } else if (event instanceof Timeline.ProcessingTime time) {
        stream = stream.advanceProcessingTime(Duration.millis(time.byMillis()));
      }
    }
    return pipeline.apply("TestStream", stream.advanceWatermarkToInfinity());
  }

  private static List<TimestampedValue<KV<Integer, Integer>>> timestamped(
      List<Timeline.Element> elements) {
    List<TimestampedValue<KV<Integer, Integer>>> all = new ArrayList<>();
    for (Timeline.Element element : elements) {
      KeyedValue content = element.content();
      all.add(
          TimestampedValue.of(
              KV.of(content.key(), content.value()), Instant.ofEpochMilli(element.timeMillis())));
    }
    return all;
  }

  /** Applies steps one after another. */
  PCollection<KV<Integer, Integer>> steps(
      PCollection<KV<Integer, Integer>> input, List<Step> steps) {
    PCollection<KV<Integer, Integer>> current = input;
    for (Step step : steps) {
      current = step(current, step);
    }
    return current;
  }

  private PCollection<KV<Integer, Integer>> step(
      PCollection<KV<Integer, Integer>> input, Step step) {
    String name = name(step.getClass().getSimpleName());
    if (step instanceof Step.AddSide side) {
      return BeamSideInputs.apply(name, side, input).setCoder(PAIR);
    } else if (step instanceof Step.Explode explode && explode.splitting().pieces() > 0) {
      return input
          .apply(name, ParDo.of(ExplodeInParts.of(explode, explode.splitting())))
          .setCoder(PAIR);
    } else if (step instanceof Step.Shuffle shuffle) {
      return shuffle(name, shuffle.kind(), input);
    } else if (step instanceof Step.Diamond diamond) {
      PCollection<KV<Integer, Integer>> left = steps(input, diamond.left());
      return flatten(name, left, steps(input, diamond.right()));
    } else if (step instanceof Step.Twice) {
      return flatten(name, input, input);
    } else if (step instanceof Step.Fork fork) {
      return fork(name, input, fork);
    }
    return input.apply(name, ParDo.of(new ElementFunctions.ApplyStep(step))).setCoder(PAIR);
  }

  private static PCollection<KV<Integer, Integer>> shuffle(
      String name, Step.Shuffle.Kind kind, PCollection<KV<Integer, Integer>> input) {
    return switch (kind) {
      case RESHUFFLE_BY_KEY -> input.apply(name, Reshuffle.of());
      case RESHUFFLE_ANYHOW -> input.apply(name, Reshuffle.viaRandomKey());
      case REDISTRIBUTE_BY_KEY -> input.apply(name, Redistribute.byKey());
      case REDISTRIBUTE_ANYHOW -> input.apply(name, Redistribute.arbitrarily());
    };
  }

  private PCollection<KV<Integer, Integer>> fork(
      String name, PCollection<KV<Integer, Integer>> input, Step.Fork fork) {
    TupleTag<KV<Integer, Integer>> even = new TupleTag<>("even");
    TupleTag<KV<Integer, Integer>> odd = new TupleTag<>("odd");
    PCollectionTuple outputs =
        input.apply(
            name,
            ParDo.of(new ElementFunctions.ForkByParity(even, odd))
                .withOutputTags(even, TupleTagList.of(odd)));
    PCollection<KV<Integer, Integer>> evens = steps(outputs.get(even).setCoder(PAIR), fork.even());
    return flatten(name + " united", evens, steps(outputs.get(odd).setCoder(PAIR), fork.odd()));
  }

  private static PCollection<KV<Integer, Integer>> flatten(
      String name,
      PCollection<KV<Integer, Integer>> left,
      PCollection<KV<Integer, Integer>> right) {
    return PCollectionList.of(left).and(right).apply(name, Flatten.pCollections());
  }

  /** A name that no transform has yet. */
  String name(String what) {
    return what + " " + names.incrementAndGet();
  }
}
