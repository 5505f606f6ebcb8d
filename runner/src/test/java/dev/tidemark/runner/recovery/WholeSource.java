package dev.tidemark.runner.recovery;

import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;

/** The numbers up to a limit, from a source that cannot be divided, like a compressed file. */
final class WholeSource extends BoundedSource<Integer> {
  private static final long serialVersionUID = 1L;

  private final int size;

  WholeSource(int size) {
    this.size = size;
  }

  @Override
  public List<WholeSource> split(long desiredBytes, PipelineOptions options) {
    return List.of(this);
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return size;
  }

  @Override
  public Coder<Integer> getOutputCoder() {
    return VarIntCoder.of();
  }

  @Override
  public BoundedReader<Integer> createReader(PipelineOptions options) {
    return new Reader(this);
  }

  private static final class Reader extends BoundedReader<Integer> {
    private final WholeSource source;
    private int next;

    Reader(WholeSource source) {
      this.source = source;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      return next++ < source.size;
    }

    @Override
    public Integer getCurrent() {
      if (next > source.size) {
        throw new NoSuchElementException("The reader is at its end.");
      }
      return next - 1;
    }

    @Override
    public void close() {}

    @Override
    public WholeSource getCurrentSource() {
      return source;
    }
  }
}
