package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.TransformException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * A thread with an instance of an unbounded function, which processes the items that are bound to
 * it one after the other. Each call is a bundle of its own.
 *
 * <p>The function, its coders and everything they make belong to the thread, which also sets the
 * function up and tears it down. All methods may be called from any thread.
 */
final class ItemWorker {
  /** How many slices of one item may wait to be taken before its thread waits. */
  private static final int RUN_AHEAD = 2;

  /**
   * What a worker needs of its node.
   *
   * @param transform the full name of the transform
   * @param metrics where metrics go
   * @param open makes and sets up an instance of the function, on the worker's thread
   * @param coder makes a coder of items
   * @param draining whether the job is being drained, so that rests go back to be truncated
   * @param finished takes complete slices
   * @param fail takes a failure
   */
  record Host(
      String transform,
      MetricsContainer metrics,
      Supplier<ItemRunner> open,
      Supplier<Coder<WorkItem>> coder,
      BooleanSupplier draining,
      Consumer<ItemSlice> finished,
      Consumer<Throwable> fail) {}

  private final Host host;
  private final BlockingQueue<ItemTask> tasks = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean stopped;

  ItemWorker(Host host, String threadName, @Nullable ClassLoader contextClassLoader) {
    this.host = host;
    this.thread = new Thread(this::run, threadName);
    this.thread.setContextClassLoader(contextClassLoader);
  }

  void start() {
    thread.start();
  }

  void add(ItemTask task) {
    tasks.add(task);
  }

  /** Asks the thread to end: at once if it waits in a call that can be interrupted. */
  void stop() {
    stopped = true;
    thread.interrupt();
  }

  /** Waits for the end of a thread that was asked to {@link #stop}; returns whether it came. */
  boolean join(long millis) throws InterruptedException {
    thread.join(millis);
    return !thread.isAlive();
  }

  private void run() {
    MetricsEnvironment.setCurrentContainer(host.metrics());
    try {
      ItemRunner runner = host.open().get();
      try {
        Coder<WorkItem> coder = host.coder().get();
        while (!stopped) {
          process(runner, coder, tasks.take());
        }
      } finally {
        boolean interrupted = Thread.interrupted(); // teardown is not to be disturbed
        runner.function().close();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // only stop() interrupts
    } catch (Throwable e) {
      if (!stopped) {
        host.fail().accept(TransformException.of(host.transform(), e));
      }
    } finally {
      MetricsEnvironment.setCurrentContainer(null);
    }
  }

  private void process(ItemRunner runner, Coder<WorkItem> coder, ItemTask task) throws Exception {
    WorkItem item = CoderUtils.decodeFromByteArray(coder, task.encoded());
    boolean truncate = task.truncate();
    while (!stopped) {
      Buffer buffer = new Buffer();
      List<ItemSlice.Finalizer> finalizers = new ArrayList<>();
      runner
          .function()
          .startBundle(
              (expiry, callback) -> finalizers.add(new ItemSlice.Finalizer(expiry, callback)));
      ItemRunner.Rest rest =
          runner.run(
              item,
              truncate,
              UnaryOperator.identity(),
              task.sideInputs(),
              buffer,
              (expiry, callback) -> finalizers.add(new ItemSlice.Finalizer(expiry, callback)));
      runner
          .function()
          .finishBundle(
              (expiry, callback) -> finalizers.add(new ItemSlice.Finalizer(expiry, callback)));
      int waiting = task.waiting().incrementAndGet();
      boolean continues =
          rest != null
              && rest.delay().getMillis() <= 0
              && waiting < RUN_AHEAD
              && !host.draining().getAsBoolean();
      // The lane gets the rest itself; what this thread goes on with must not be shared with it.
      WorkItem next = continues ? CoderUtils.clone(coder, rest(rest).item()) : item;
      host.finished()
          .accept(new ItemSlice(task.key(), buffer.emitted, finalizers, rest, continues));
      if (!continues) {
        return;
      }
      item = next;
      truncate = false;
    }
  }

  private static ItemRunner.Rest rest(ItemRunner.@Nullable Rest rest) {
    if (rest == null) {
      throw new IllegalStateException("nothing to go on with");
    }
    return rest;
  }

  /** Keeps the outputs of one call; owned by the worker's thread until they are handed over. */
  private static final class Buffer implements WindowedValueMultiReceiver {
    private final List<ItemSlice.Emitted<?>> emitted = new ArrayList<>();

    @Override
    public <T> void output(TupleTag<T> tag, WindowedValue<T> value) {
      emitted.add(new ItemSlice.Emitted<>(tag, value));
    }
  }
}
