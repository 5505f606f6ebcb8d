package dev.tidemark.translation.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.CountingSource;
import org.apache.beam.sdk.io.CountingSource.CounterMark;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation") // CountingSource is the smallest source of core
class LimitedSourceTest {
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();

  private static LimitedSource<Long, CounterMark> numbers(long maxRecords, long maxReadMillis) {
    return new LimitedSource<>(CountingSource.unbounded(), maxRecords, maxReadMillis);
  }

  private static UnboundedReader<Long> reader(
      LimitedSource<Long, CounterMark> source, LimitedSource.@Nullable Mark<CounterMark> mark)
      throws IOException {
    return source.createReader(OPTIONS, mark);
  }

  @Test
  void recordsAreDividedAmongTheSplitsAndNoneIsMissing() throws Exception {
    List<Long> read = new ArrayList<>();
    List<LimitedSource<Long, CounterMark>> splits =
        numbers(25_000, Long.MAX_VALUE).split(16, OPTIONS);
    assertThat(splits).hasSize(3);
    for (LimitedSource<Long, CounterMark> split : splits) {
      try (UnboundedReader<Long> reader = reader(split, null)) {
        for (boolean more = reader.start(); more; more = reader.advance()) {
          read.add(reader.getCurrent());
        }
      }
    }
    assertThat(read).hasSize(25_000).doesNotHaveDuplicates();
  }

  @Test
  void theWatermarkStandsAtTheBeginningUntilTheEnd() throws Exception {
    try (UnboundedReader<Long> reader = reader(numbers(2, Long.MAX_VALUE), null)) {
      assertThat(reader.start()).isTrue();
      assertThat(reader.getWatermark()).isEqualTo(BoundedWindow.TIMESTAMP_MIN_VALUE);
      assertThat(reader.advance()).isTrue();
      assertThat(reader.getWatermark()).isEqualTo(BoundedWindow.TIMESTAMP_MAX_VALUE);
      assertThat(reader.advance()).isFalse();
    }
  }

  @Test
  void timeEndsAReaderThatNeverRunsOutOfRecords() throws Exception {
    try (UnboundedReader<Long> reader = reader(numbers(Long.MAX_VALUE, 20), null)) {
      assertThat(reader.start()).isTrue();
      boolean more = true;
      while (more) {
        more = reader.advance();
      }
      assertThat(reader.getWatermark()).isEqualTo(BoundedWindow.TIMESTAMP_MAX_VALUE);
    }
  }

  @Test
  void aReaderGoesOnWithWhatAMarkLeaves() throws Exception {
    LimitedSource<Long, CounterMark> source = numbers(5, Long.MAX_VALUE);
    LimitedSource.Mark<CounterMark> mark;
    try (UnboundedReader<Long> reader = reader(source, null)) {
      assertThat(reader.start() && reader.advance()).isTrue();
      @SuppressWarnings("unchecked") // the source's own
      LimitedSource.Mark<CounterMark> taken =
          (LimitedSource.Mark<CounterMark>) reader.getCheckpointMark();
      mark = CoderUtils.clone(source.getCheckpointMarkCoder(), taken);
    }
    List<Long> rest = new ArrayList<>();
    try (UnboundedReader<Long> reader = reader(source, mark)) {
      for (boolean more = reader.start(); more; more = reader.advance()) {
        rest.add(reader.getCurrent());
      }
    }
    assertThat(rest).containsExactly(2L, 3L, 4L);
  }
}
