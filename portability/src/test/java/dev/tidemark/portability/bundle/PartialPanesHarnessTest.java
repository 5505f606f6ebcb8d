package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.epoch.Execution;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** A side input that a harness reads, of which a trigger fires parts of each window. */
final class PartialPanesHarnessTest {
  private static final FixedWindows WINDOWS = FixedWindows.of(Duration.millis(5));

  private static final String PYTHON = "apache/beam_python3.11_sdk:2.70.0";

  private final Pipeline pipeline = Pipeline.create();

  /** Numbers below 100 are main input, the others side input. */
  private static TestStream<Long> numbers() {
    return TestStream.create(VarLongCoder.of())
        .addElements(at(1, 3))
        .addElements(at(100, 2))
        .addElements(at(2, 8), at(400, 7))
        .addElements(at(200, 4))
        .advanceWatermarkToInfinity();
  }

  private static TimestampedValue<Long> at(long number, long millis) {
    return TimestampedValue.of(number, Instant.ofEpochMilli(millis));
  }

  private static Window<Long> firedOneByOne() {
    return Window.<Long>into(WINDOWS)
        .triggering(
            AfterWatermark.pastEndOfWindow().withEarlyFirings(AfterPane.elementCountAtLeast(1)))
        .withAllowedLateness(Duration.ZERO);
  }

  private List<String> shown(Window<Long> sideWindow, String sdk) throws Exception {
    PCollection<Long> numbers = pipeline.apply(numbers());
    PCollectionView<Iterable<Long>> side =
        numbers
            .apply("IsSide", Filter.greaterThanEq(100L))
            .apply("SideWindow", sideWindow)
            .apply(View.asIterable());
    PCollection<String> read =
        numbers
            .apply("IsMain", Filter.lessThan(100L))
            .apply("MainWindow", Window.into(WINDOWS))
            .apply(
                "Read",
                ParDo.of(new Elsewhere())
                    .withSideInput("side", side)
                    .setResourceHints(ScriptedJob.IN_HARNESS));
    ScriptedJob job =
        new ScriptedJob(pipeline, List.of(read), proto -> ScriptedJob.ofSdk(sdk, proto));
    ScriptedWorkers workers =
        new ScriptedWorkers(
            bundle -> {
              for (WindowedValue<Object> element : job.elements(bundle)) {
                List<Long> values = read(job, bundle, side, element);
                job.emit(bundle, element.withValue(element.getValue() + " " + values));
              }
              job.done(bundle, BeamFnApi.ProcessBundleResponse.getDefaultInstance());
            });
    assertThat(
            job.run(
                workers,
                new HarnessSettings(1, 1 << 20, 100, 64, 1 << 20, 10, Supervision.DEFAULT)))
        .isInstanceOf(Execution.End.Done.class);
    return job.collected(String.class);
  }

  private static List<Long> read(
      ScriptedJob job,
      ScriptedBundle bundle,
      PCollectionView<?> side,
      WindowedValue<Object> element)
      throws Exception {
    ByteString.Output window = ByteString.newOutput();
    IntervalWindow.getCoder()
        .encode((IntervalWindow) element.getWindows().iterator().next(), window);
    BeamFnApi.StateKey key =
        BeamFnApi.StateKey.newBuilder()
            .setIterableSideInput(
                BeamFnApi.StateKey.IterableSideInput.newBuilder()
                    .setTransformId(job.plan(bundle).process())
                    .setSideInputId(side.getTagInternal().getId())
                    .setWindow(window.toByteString()))
            .build();
    List<Long> values = new ArrayList<>();
    for (ByteString page : bundle.pages(key)) {
      InputStream in = page.newInput();
      while (in.available() > 0) {
        values.add(VarLongCoder.of().decode(in));
      }
    }
    return values;
  }

  @Test
  void allAreShownWhenTheWindowIsOver() throws Exception {
    assertThat(shown(firedOneByOne().discardingFiredPanes(), PYTHON))
        .containsExactlyInAnyOrder("1 [100, 200]", "2 [400]");
  }

  @Test
  void thoseThatAccumulateAreShownFromTheFirst() throws Exception {
    assertThat(shown(firedOneByOne().accumulatingFiredPanes(), PYTHON))
        .containsExactlyInAnyOrder("1 [100]", "2 [400]");
  }

  @Test
  void javaSeesTheFirstAsSoonAsItIsThere() throws Exception {
    assertThat(shown(firedOneByOne().discardingFiredPanes(), "apache/beam_java17_sdk:2.70.0"))
        .containsExactlyInAnyOrder("1 [100]", "2 [400]");
  }

  /** Never called: its harness is a script. */
  private static final class Elsewhere extends DoFn<Long, String> {
    @ProcessElement
    public void process() {
      throw new AssertionError("called in the runner");
    }
  }
}
