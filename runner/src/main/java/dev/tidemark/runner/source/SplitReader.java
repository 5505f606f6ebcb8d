package dev.tidemark.runner.source;

import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.TransformException;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One split of an unbounded source and the thread that reads it, ahead of the lane that emits what
 * it reads. The thread reads slices of bounded size and time and waits when two of them have not
 * been taken yet.
 *
 * <p>The Beam reader is owned by the thread until that has ended, and then by whoever closes it.
 * {@link #poll}, {@link #emitted}, {@link #takeUnsaved}, {@link #tookNanos} and {@link
 * #emittedWatermark} belong to the lane; everything else may be called from any thread.
 */
final class SplitReader {
  private static final Logger LOG = LoggerFactory.getLogger(SplitReader.class);
  private static final int QUEUE_CAPACITY = 2;
  private static final long CLOSE_MILLIS = 10_000;
  private static final long BUSY_WAIT_MILLIS = 2;
  private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final SourceContext context;
  private final Split split;
  private final Deduplicator deduplicator;
  private final BacklogGauges backlog;
  private final SliceLimit limit = new SliceLimit();
  private final BlockingQueue<Slice> slices = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
  private final Thread thread;
  private volatile boolean stopped;
  private volatile boolean draining;

  /** Whether all was read that ever will be; set after the last slice was put into the queue. */
  private volatile boolean ended;

  private boolean busy;
  private long emittedWatermark;
  private @Nullable Slice unsaved;
  private volatile boolean endTaken;

  private final Object closing = new Object();
  private @Nullable UnboundedReader<Object> reader;
  private boolean threadGone;
  private boolean abandoned;

  SplitReader(
      SourceContext context, Split split, Deduplicator deduplicator, BacklogGauges backlog) {
    this.context = context;
    this.split = split;
    this.deduplicator = deduplicator;
    this.backlog = backlog;
    this.thread =
        new Thread(this::run, "tidemark-read-" + context.node().id() + "-" + split.index());
    this.thread.setContextClassLoader(context.classLoader());
    this.emittedWatermark = split.watermarkMillis();
  }

  /** Begins to read, unless an earlier run has read all. */
  void start() {
    if (split.watermarkMillis() >= Timestamps.MAX) {
      ended = true;
    } else {
      thread.start();
    }
  }

  /** What is read, as it was at the start. */
  Split split() {
    return split;
  }

  Deduplicator deduplicator() {
    return deduplicator;
  }

  // ---- the reading thread

  private void run() {
    MetricsEnvironment.setCurrentContainer(context.metrics());
    try {
      UnboundedReader<Object> opened = split.source().createReader(context.options(), split.mark());
      synchronized (closing) {
        reader = opened;
      }
      read(opened);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // only stop() interrupts
    } catch (Throwable e) {
      if (!stopped) {
        context.fail().accept(TransformException.of(context.node().fullName(), e));
      }
    } finally {
      MetricsEnvironment.setCurrentContainer(null);
      closeIfAbandoned();
    }
  }

  private void read(UnboundedReader<Object> from) throws IOException, InterruptedException {
    SliceReader slicer =
        new SliceReader(
            from,
            split.watermarkMillis(),
            deduplicator.needsIds(),
            limit,
            context.awaitedWatermark(),
            slices::isEmpty,
            () -> stopped || draining);
    long nextReport = System.nanoTime();
    boolean last = false;
    while (!stopped && !draining && !last) {
      Slice slice = slicer.next();
      if (System.nanoTime() - nextReport >= 0) {
        backlog.report(split.index(), from);
        nextReport = System.nanoTime() + REPORT_NANOS;
      }
      if (slice != null) {
        last = slice.watermarkMillis() >= Timestamps.MAX;
        slices.put(slice);
        context.wakeUp().run();
      }
    }
    if (!stopped) {
      ended = true;
      context.wakeUp().run();
    }
  }

  // ---- the lane

  /**
   * The next complete slice, or null if there is none yet. Waits a little for a reader that has
   * more than is taken: an epoch is worth the more, the more it takes.
   */
  @Nullable Slice poll() throws InterruptedException {
    Slice slice = busy ? slices.poll(BUSY_WAIT_MILLIS, TimeUnit.MILLISECONDS) : slices.poll();
    busy = slice != null && slice.full();
    return slice;
  }

  boolean hasSlice() {
    return !slices.isEmpty();
  }

  /** Whether there is a slice, or news of the end. */
  boolean ready() {
    return hasSlice() || (ended && !endTaken);
  }

  /** Tells that all of a slice was emitted. */
  void emitted(Slice slice) {
    emittedWatermark = Math.max(emittedWatermark, slice.watermarkMillis());
    unsaved = slice;
  }

  /** The last slice that was emitted, if there is a newer one than at the last call. */
  @Nullable Slice takeUnsaved() {
    Slice last = unsaved;
    unsaved = null;
    return last;
  }

  /** Tells how long the pipeline took for a slice, to choose the size of the next ones. */
  void tookNanos(int elements, long nanos) {
    limit.adapt(elements, nanos);
  }

  /** The watermark after what was emitted. */
  long emittedWatermark() {
    if (ended && slices.isEmpty()) {
      emittedWatermark = Timestamps.MAX;
      endTaken = true;
    }
    return emittedWatermark;
  }

  // ---- the end

  /** Asks the thread to hand over what it has read, and to end. */
  void drain() {
    draining = true;
  }

  /** Asks the thread to end at once. */
  void stop() {
    stopped = true;
    thread.interrupt();
  }

  /** Waits for the thread, which was asked to {@link #stop}, and closes the reader. */
  void close() throws Exception {
    stop();
    if (thread != Thread.currentThread()) {
      try {
        thread.join(CLOSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    UnboundedReader<Object> toClose;
    synchronized (closing) {
      if (thread.isAlive() && !threadGone) {
        abandoned = true;
        LOG.warn(
            "{}: its reader {} does not come back from a call; it is closed when it does",
            context.node().fullName(),
            split.index());
        return;
      }
      toClose = reader;
      reader = null;
    }
    if (toClose != null) {
      toClose.close();
    }
  }

  private void closeIfAbandoned() {
    UnboundedReader<Object> toClose = null;
    synchronized (closing) {
      threadGone = true;
      if (abandoned) {
        toClose = reader;
        reader = null;
      }
    }
    if (toClose != null) {
      try {
        toClose.close();
      } catch (IOException | RuntimeException e) {
        LOG.warn("{}: closing reader {} failed", context.node().fullName(), split.index(), e);
      }
    }
  }
}
