package dev.tidemark.benchmarks.durability;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a {@link Workload}, as fast as they are taken.
 *
 * <p>Immutable.
 */
final class SumSource extends UnboundedSource<KV<Long, Long>, SumSource.Mark> {
  private final Workload workload;
  private final int split;

  SumSource(Workload workload, int split) {
    this.workload = workload;
    this.split = split;
  }

  /** How many elements were read. */
  record Mark(long position) implements CheckpointMark {
    @Override
    public void finalizeCheckpoint() {}
  }

  @Override
  public List<SumSource> split(int desiredNumSplits, PipelineOptions options) {
    List<SumSource> splits = new ArrayList<>();
    for (int i = 0; i < workload.splits(); i++) {
      splits.add(new SumSource(workload, i));
    }
    return splits;
  }

  @Override
  public UnboundedReader<KV<Long, Long>> createReader(
      PipelineOptions options, @Nullable Mark mark) {
    return new Reader(this, mark == null ? -1 : mark.position() - 1);
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return new MarkCoder();
  }

  @Override
  public Coder<KV<Long, Long>> getOutputCoder() {
    return KvCoder.of(VarLongCoder.of(), VarLongCoder.of());
  }

  private static final class MarkCoder extends AtomicCoder<Mark> {
    @Override
    public void encode(Mark mark, OutputStream out) throws IOException {
      VarLongCoder.of().encode(mark.position(), out);
    }

    @Override
    public Mark decode(InputStream in) throws IOException {
      return new Mark(VarLongCoder.of().decode(in));
    }
  }

  /** Owned by one thread. */
  private static final class Reader extends UnboundedReader<KV<Long, Long>> {
    private static final Instant TIME = Instant.EPOCH;
    private final SumSource source;
    private final long size;
    private long index;
    private long counted;

    Reader(SumSource source, long index) {
      this.source = source;
      this.size = source.workload.size();
      this.index = index;
      this.counted = index;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (index + 1 >= size) {
        return false;
      }
      index++;
      return true;
    }

    @Override
    public KV<Long, Long> getCurrent() {
      if (index < 0) {
        throw new NoSuchElementException();
      }
      return KV.of(
          source.workload.key(source.split, index), source.workload.value(source.split, index));
    }

    @Override
    public Instant getCurrentTimestamp() {
      return TIME;
    }

    @Override
    public Instant getWatermark() {
      return index + 1 >= size ? BoundedWindow.TIMESTAMP_MAX_VALUE : TIME;
    }

    @Override
    public Mark getCheckpointMark() {
      if (!source.workload.asks()) {
        // Where nothing else sees each element: Beam's function adds them up.
        Tally.added(index - counted);
        counted = index;
      }
      return new Mark(index + 1);
    }

    @Override
    public SumSource getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
