package dev.tidemark.runner.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** An unbounded source whose readers do what a test tells them, and tell what was done to them. */
final class ScriptedSource extends UnboundedSource<String, ScriptedSource.Mark> {
  private static final Map<String, Script> SCRIPTS = new ConcurrentHashMap<>();

  /** What a reader is to do at its next step. */
  sealed interface Step {
    /** Give an element. */
    record Give(String value, long timestamp) implements Step {}

    /** Have no element, and this watermark. */
    record Watermark(long millis) implements Step {}

    /** Throw. */
    record Fail(String message) implements Step {}
  }

  /** The test's side of a source with any number of splits. */
  static final class Script {
    final String id = UUID.randomUUID().toString();
    final List<BlockingQueue<Step>> steps = new ArrayList<>();
    final List<String> finalized = new CopyOnWriteArrayList<>();
    final List<Thread> readerThreads = new CopyOnWriteArrayList<>();
    final List<Integer> desiredSplits = new CopyOnWriteArrayList<>();
    final AtomicInteger read = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    volatile boolean endless;
    volatile boolean deduping;
    volatile long backlog = UnboundedReader.BACKLOG_UNKNOWN;

    Script(int splits) {
      for (int split = 0; split < splits; split++) {
        steps.add(new LinkedBlockingQueue<>());
      }
      SCRIPTS.put(id, this);
    }

    ScriptedSource source() {
      return new ScriptedSource(id, 0);
    }

    Script give(int split, String value, long timestamp) {
      steps.get(split).add(new Step.Give(value, timestamp));
      return this;
    }

    Script watermark(int split, long millis) {
      steps.get(split).add(new Step.Watermark(millis));
      return this;
    }

    Script fail(int split, String message) {
      steps.get(split).add(new Step.Fail(message));
      return this;
    }
  }

  /** Says up to where a split was read. */
  record Mark(String script, int split, int upTo) implements CheckpointMark, java.io.Serializable {
    @Override
    public void finalizeCheckpoint() {
      ScriptedSource.script(script).finalized.add(split + ":" + upTo);
    }
  }

  private final String script;
  private final int split;

  private ScriptedSource(String script, int split) {
    this.script = script;
    this.split = split;
  }

  private static Script script(String id) {
    Script script = SCRIPTS.get(id);
    if (script == null) {
      throw new IllegalStateException("no script " + id);
    }
    return script;
  }

  @Override
  public List<ScriptedSource> split(int desired, PipelineOptions options) {
    script(script).desiredSplits.add(desired);
    List<ScriptedSource> splits = new ArrayList<>();
    for (int i = 0; i < script(script).steps.size(); i++) {
      splits.add(new ScriptedSource(script, i));
    }
    return splits;
  }

  @Override
  public UnboundedReader<String> createReader(PipelineOptions options, @Nullable Mark mark) {
    return new Reader(this, script(script));
  }

  @Override
  public boolean requiresDeduping() {
    return script(script).deduping;
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<String> getOutputCoder() {
    return StringUtf8Coder.of();
  }

  private static final class Reader extends UnboundedReader<String> {
    private final ScriptedSource source;
    private final Script script;
    private String value = "";
    private long timestamp;
    private long watermark = Instant.EPOCH.getMillis();
    private int count;

    Reader(ScriptedSource source, Script script) {
      this.source = source;
      this.script = script;
    }

    @Override
    public boolean start() throws IOException {
      script.open.incrementAndGet();
      script.readerThreads.add(Thread.currentThread());
      return advance();
    }

    @Override
    public boolean advance() throws IOException {
      Step step = script.steps.get(source.split).poll();
      if (step == null) {
        if (script.endless) {
          step = new Step.Give("again", 0);
        } else {
          return false;
        }
      }
      if (step instanceof Step.Give give) {
        value = give.value();
        timestamp = give.timestamp();
        count++;
        script.read.incrementAndGet();
        return true;
      } else if (step instanceof Step.Watermark moved) {
        watermark = moved.millis();
        return false;
      }
      throw new IOException(((Step.Fail) step).message());
    }

    @Override
    public String getCurrent() {
      return value;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return new Instant(timestamp);
    }

    @Override
    public byte[] getCurrentRecordId() {
      return value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public Instant getWatermark() {
      return new Instant(watermark);
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return new Mark(source.script, source.split, count);
    }

    @Override
    public long getSplitBacklogBytes() {
      return script.backlog;
    }

    @Override
    public UnboundedSource<String, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {
      script.closed.incrementAndGet();
    }
  }
}
