package dev.tidemark.runner.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.source.ScriptedSource.Script;
import dev.tidemark.runner.stage.Timestamps;
import java.util.Objects;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SliceReaderTest {
  private final Script script = new Script(1);
  private volatile long awaited = Long.MAX_VALUE;
  private volatile boolean wanted;

  @SuppressWarnings("unchecked") // elements are opaque to the reader of slices
  private SliceReader reader() {
    UnboundedReader<?> reader = script.source().createReader(PipelineOptionsFactory.create(), null);
    return new SliceReader(
        (UnboundedReader<Object>) reader,
        Timestamps.MIN,
        false,
        new SliceLimit(),
        () -> awaited,
        () -> wanted,
        () -> false);
  }

  private @Nullable Slice after(SliceReader reader, long watermark) throws Exception {
    script.watermark(0, watermark);
    return reader.next();
  }

  @Test
  void aWatermarkIsToldWhenItReachesWhatIsAwaited() throws Exception {
    SliceReader reader = reader();
    awaited = 1_000;

    assertThat(after(reader, 999)).isNull();
    assertThat(after(reader, 1_000)).extracting(Slice::watermarkMillis).isEqualTo(1_000L);
    assertThat(after(reader, 1_000)).isNull();
    assertThat(after(reader, 1_001)).extracting(Slice::watermarkMillis).isEqualTo(1_001L);
  }

  @Test
  void theEndOfTimeIsToldAtOnce() throws Exception {
    assertThat(after(reader(), Timestamps.MAX))
        .extracting(Slice::watermarkMillis)
        .isEqualTo(Timestamps.MAX);
  }

  @Test
  void aWatermarkThatNobodyAwaitsComesWithTheNextMark() throws Exception {
    SliceReader reader = reader();
    assertThat(after(reader, 700)).isNull();

    wanted = true;
    Slice slice = null;
    while (slice == null) {
      slice = reader.next();
    }
    assertThat(slice.size()).isZero();
    assertThat(slice.watermarkMillis()).isEqualTo(700);
  }

  @Test
  void elementsBringTheirWatermark() throws Exception {
    SliceReader reader = reader();
    script.watermark(0, 5);
    assertThat(reader.next()).isNull();
    script.give(0, "a", 7);

    Slice slice = Objects.requireNonNull(reader.next());
    assertThat(slice.values()).containsExactly("a");
    assertThat(slice.watermarkMillis()).isEqualTo(5);
  }
}
