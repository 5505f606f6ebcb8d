package dev.tidemark.runner.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.state.HeapStateStore;
import dev.tidemark.runner.state.StateException;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.CountingSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What cannot go on from a store is refused at the start. */
@Timeout(60)
class KeptJobsTest {
  private final HeapStateStore store = new HeapStateStore();

  @AfterEach
  void close() {
    store.close();
  }

  private static ExecutionOptions options(boolean streaming) {
    ExecutionOptions options = PipelineOptionsFactory.create().as(ExecutionOptions.class);
    options.setLanes(2);
    options.setStreaming(streaming);
    return options;
  }

  private static Pipeline letters(ExecutionOptions options) {
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply("Letters", Create.of("a", "b"));
    return pipeline;
  }

  @Test
  void aBatchJobIsRefused() {
    assertThatThrownBy(() -> new PipelineTestDriver(letters(options(false)), 1, store))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batch job");
    assertThat(store.size()).isZero();
  }

  @Test
  void aTestStreamIsRefused() {
    Pipeline pipeline = Pipeline.create(options(true));
    pipeline.apply(
        "Events",
        TestStream.create(StringUtf8Coder.of()).addElements("a").advanceWatermarkToInfinity());
    assertThatThrownBy(() -> new PipelineTestDriver(pipeline, 1, store))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Events");
    assertThat(store.size()).isZero();
  }

  /** A source without a coder for its marks, which it does not keep. */
  private static final class Markless extends UnboundedSource<Long, CheckpointMark> {
    private final UnboundedSource<Long, ?> numbers = CountingSource.unbounded();

    @Override
    public List<Markless> split(int desiredSplits, PipelineOptions options) {
      return List.of(this);
    }

    @Override
    public UnboundedReader<Long> createReader(
        PipelineOptions options, @Nullable CheckpointMark mark) throws IOException {
      return numbers.createReader(options, null);
    }

    @Override
    @SuppressWarnings("NullAway") // as sources do that were not written to be resumed
    public @Nullable Coder<CheckpointMark> getCheckpointMarkCoder() {
      return null;
    }

    @Override
    public Coder<Long> getOutputCoder() {
      return VarLongCoder.of();
    }
  }

  @Test
  void aSourceWhoseMarksCannotBeWrittenIsRefused() {
    Pipeline pipeline = Pipeline.create(options(true));
    pipeline.apply("Marks", Read.from(new Markless()));
    assertThatThrownBy(() -> new PipelineTestDriver(pipeline, 1, store))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Marks have no coder for their checkpoint marks");
    assertThat(store.size()).isZero();
  }

  @Test
  void anotherNumberOfKeyGroupsIsRefused() throws Exception {
    try (PipelineTestDriver driver = new PipelineTestDriver(letters(options(true)), 1, store)) {
      driver.runEpoch();
    }
    ExecutionOptions more = options(true);
    more.setKeyGroups(256);
    assertThatThrownBy(() -> new PipelineTestDriver(letters(more), 1, store))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("--keyGroups=128");
  }
}
