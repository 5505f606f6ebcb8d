package dev.tidemark.runner.stage.flatten;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.testing.FakeHost;
import dev.tidemark.runner.stage.testing.Schedule;
import dev.tidemark.runner.stage.testing.TestGraphs;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Passing elements on. */
class PassThroughProcessorTest {
  @Test
  void elementsComeOutAsTheSameObjects() throws Exception {
    Pipeline pipeline = Pipeline.create();
    PCollectionList.of(pipeline.apply("One", Create.of("a")))
        .and(pipeline.apply("Two", Create.of("b")))
        .apply("Step", Flatten.pCollections());
    WindowedValue<String> element =
        WindowedValues.of(
            "a",
            Instant.ofEpochMilli(3),
            GlobalWindow.INSTANCE,
            PaneInfo.createPane(true, false, PaneInfo.Timing.EARLY));
    try (FakeHost host =
        new FakeHost(
            TestGraphs.node(pipeline, "Step"), PassThroughProcessor::new, Schedule.PLAIN)) {
      host.elements(List.of(element));
      assertThat(host.outputs()).hasSize(1);
      assertThat(host.outputs().get(0)).isSameAs(element);
    }
  }
}
