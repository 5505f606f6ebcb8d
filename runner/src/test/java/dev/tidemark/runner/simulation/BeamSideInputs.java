package dev.tidemark.runner.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Makes Beam's side inputs of every view kind. */
final class BeamSideInputs {
  private final String name;
  private final Step.AddSide step;
  private final PCollection<KV<Integer, Integer>> input;

  private BeamSideInputs(String name, Step.AddSide step, PCollection<KV<Integer, Integer>> input) {
    this.name = name;
    this.step = step;
    this.input = input;
  }

  static PCollection<KV<Integer, Integer>> apply(
      String name, Step.AddSide step, PCollection<KV<Integer, Integer>> input) {
    return new BeamSideInputs(name, step, input).apply();
  }

  private PCollection<KV<Integer, Integer>> apply() {
    return switch (step.view()) {
      case SINGLETON ->
          add(values().apply(name + " view", Sum.integersGlobally().asSingletonView()), sum -> sum);
      case ITERABLE -> add(values().apply(name + " view", View.asIterable()), BeamSideInputs::sum);
      case LIST -> add(values().apply(name + " view", View.asList()), BeamSideInputs::sum);
      case MAP ->
          add(
              numbered().apply(name + " view", View.asMap()),
              (Map<Integer, Integer> map) -> sum(map.values()));
      case MULTIMAP ->
          add(
              numbered().apply(name + " view", View.asMultimap()),
              (Map<Integer, Iterable<Integer>> map) -> {
                int sum = 0;
                for (Iterable<Integer> each : map.values()) {
                  sum += sum(each);
                }
                return sum;
              });
    };
  }

  private PCollection<Integer> values() {
    List<TimestampedValue<Integer>> values = new ArrayList<>();
    for (Step.SideValue value : step.side().values()) {
      values.add(TimestampedValue.of(value.value(), Instant.ofEpochMilli(value.timeMillis())));
    }
    return source(values, VarIntCoder.of());
  }

  private PCollection<KV<Integer, Integer>> numbered() {
    List<TimestampedValue<KV<Integer, Integer>>> numbered = new ArrayList<>();
    for (Step.SideValue value : step.side().values()) {
      numbered.add(
          TimestampedValue.of(
              KV.of(numbered.size(), value.value()), Instant.ofEpochMilli(value.timeMillis())));
    }
    return source(numbered, BeamPipeline.PAIR);
  }

  private <T> PCollection<T> source(List<TimestampedValue<T>> values, Coder<T> coder) {
    Pipeline pipeline = input.getPipeline();
    PCollection<T> side;
    if (step.side().streamed()) {
      TestStream.Builder<T> stream = TestStream.create(coder);
      for (TimestampedValue<T> value : values) {
        stream = stream.addElements(value);
      }
      side = pipeline.apply(name + " values", stream.advanceWatermarkToInfinity());
    } else {
      side = pipeline.apply(name + " values", Create.timestamped(values).withCoder(coder));
    }
    return step.side().windowMillis() == 0
        ? side
        : side.apply(
            name + " windows",
            Window.into(FixedWindows.of(Duration.millis(step.side().windowMillis()))));
  }

  private <T> PCollection<KV<Integer, Integer>> add(
      PCollectionView<T> view, ElementFunctions.SideSum<T> sum) {
    return input.apply(
        name, ParDo.of(new ElementFunctions.AddSideInput<>(view, sum)).withSideInputs(view));
  }

  private static int sum(Iterable<Integer> values) {
    int sum = 0;
    for (int value : values) {
      sum += value;
    }
    return sum;
  }
}
